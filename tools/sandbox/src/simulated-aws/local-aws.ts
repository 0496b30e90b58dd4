/** Decides whether AWS allows a call, handles calls that moto cannot handle, and reports each call to CloudTrail and AWS Config. */
import type { Call, CallEnd, PendingCall, Verdict } from './call.js';
import type { Identity } from './identities.js';
import { cloudTrailRecord, simulatedCloudTrailEvent, isRecordedByCloudTrail } from './cloudtrail-record.js';
import type { DeployedRole } from '../deployment/deployment.js';
import { evaluateIamPolicies } from './iam-policies.js';
import { functionArnOfSimulatedCall, simulatedOrganizationId, iamRequestsOfCall } from './iam-requests.js';
import { simulatedLimitError } from './aws-limits.js';
import { json, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { simulateTampering } from './tampering.js';

export class LocalAws {
  /** Every finished call, in order of arrival. */
  readonly calls: Call[] = [];
  /** The unfinished calls. `cause` is the id of the delivery during which a function made the call. */
  private readonly pending = new Map<number, { call: PendingCall; identity: Identity; cause: number | undefined }>();

  constructor(private readonly sandbox: Sandbox) {}

  async before(call: PendingCall): Promise<Verdict> {
    const { identities, functions, faults } = this.sandbox;
    const identity = identities.identify(call.accessKeyId, call.account, call.owner);
    // A function's session name is the function's name, even if the function assumed another role.
    const cause = identity.roleArn === undefined ? undefined : functions.runningCause(identity.arn.split('/').at(-1) ?? '');
    this.pending.set(call.id, { call, identity, cause });
    const excess = simulatedLimitError(call);
    if (excess !== undefined) return { error: excess };
    if (identity.roleArn !== undefined) {
      const verdict = this.refusalOf(call, identity) ?? faults.verdictOn(call);
      if (Object.keys(verdict).length > 0) return verdict;
    }
    return (await this.answer(call, identity, cause)) ?? {};
  }

  after(end: CallEnd): void {
    const pending = this.pending.get(end.id);
    if (pending === undefined) return;
    this.pending.delete(end.id);
    const { partition, deployments, recorder } = this.sandbox;
    const { call, identity, cause } = pending;
    this.log(call, end, identity, cause);
    if (end.error === null) simulateTampering(call, deployments, recorder);
    if (end.error === null && call.operation === 'StartConfigRulesEvaluation')
      for (const name of json.list(call.input, 'ConfigRuleNames')) recorder.evaluate(String(name), cause);
    if (isRecordedByCloudTrail(call)) this.report(cloudTrailRecord(call, end, identity, partition), call, cause);
    if (end.change !== null && end.error?.code !== 'DryRunOperation')
      recorder.changed({ accountId: call.account, region: call.region, partition }, end.change.before, end.change.after, cause);
  }

  private roleOf(arn: string | undefined): DeployedRole | undefined {
    return this.sandbox.deployments.flatMap(({ roles }) => roles).find((role) => role.arn === arn);
  }

  private refusalOf(call: PendingCall, identity: Identity): Verdict | undefined {
    const role = this.roleOf(identity.roleArn);
    if (role === undefined) return undefined;
    const decided = iamRequestsOfCall(call, identity, this.sandbox.partition).map((request) => ({
      ...request,
      decision: evaluateIamPolicies(role.policies, request),
    }));
    const refused = decided.find(({ decision }) => decision !== 'allowed');
    if (refused === undefined) return undefined;
    const { action, resource, decision } = refused;
    const isDenied = decision === 'explicitly denied';
    const why = isDenied ? 'of an explicit deny in an identity-based policy' : `no identity-based policy allows the ${action} action`;
    return iamRefusal(call.service, identity, action, `${resource} because ${why}`);
  }

  private async answer(call: PendingCall, identity: Identity, cause: number | undefined): Promise<Verdict | undefined> {
    switch (`${call.service}:${call.operation}`) {
      case 'sts:GetCallerIdentity':
        return { result: { Arn: identity.arn, UserId: identity.userId, Account: identity.accountId } };
      case 'sts:AssumeRole':
        return this.assumeRole(call, identity);
      case 'lambda:Invoke':
        return this.invoke(call, cause);
      default:
        return this.sandbox.aggregator.answer(call) ?? this.onGuard(call);
    }
  }

  /** Answers calls on stacks that were deployed without Terraform, because moto does not know the resources of these stacks. */
  private onGuard(call: PendingCall): Verdict | undefined {
    // moto handles calls on groups, schedules and Config rules, because these resources exist in moto even without Terraform.
    if (call.service === 'ec2' || call.service === 'scheduler' || call.operation === 'DeleteConfigRule' || !isRecordedByCloudTrail(call))
      return undefined;
    const words = new Set(JSON.stringify(call.input).match(/[\w.-]+/g));
    const isOnGuard = this.sandbox.deployments.some(
      (each) =>
        !each.isInMoto && each.accountId === call.account && each.region === call.region && each.names.some((name) => words.has(name)),
    );
    return isOnGuard ? { result: {} } : undefined;
  }

  /** Answers AssumeRole. If no deployment contains the role, everybody can assume the role. */
  private assumeRole({ input }: PendingCall, identity: Identity): Verdict {
    const [arn = '', name = ''] = [json.text(input, 'RoleArn'), json.text(input, 'RoleSessionName')];
    const { identities } = this.sandbox;
    const role = this.roleOf(arn);
    const principal = identity.roleArn ?? identity.arn;
    const { accountId } = identity;
    const context = {
      'aws:PrincipalArn': principal,
      'aws:PrincipalAccount': accountId,
      'aws:PrincipalOrgID': simulatedOrganizationId(accountId),
    };
    if (
      role !== undefined &&
      evaluateIamPolicies([role.trust], { action: 'sts:AssumeRole', resource: arn, principal, context }) !== 'allowed'
    )
      return iamRefusal('sts', identity, 'sts:AssumeRole', arn);
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = identities.session(arn, name);
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    const { arn: Arn, userId: AssumedRoleId } = identities.identify(AccessKeyId, '', null);
    return { result: { Credentials: { AccessKeyId, SecretAccessKey, SessionToken, Expiration }, AssumedRoleUser: { Arn, AssumedRoleId } } };
  }

  private async invoke(call: PendingCall, cause: number | undefined): Promise<Verdict> {
    const { functions, courier } = this.sandbox;
    const arn = functionArnOfSimulatedCall(call, this.sandbox.partition);
    if (functions.settings(arn) === undefined)
      return { error: { code: 'ResourceNotFoundException', message: `Function not found: ${arn}`, status: 404 } };
    if (call.invocationType === 'DryRun') return { raw: { status: 204, headers: {}, body: '' } };
    if (call.invocationType === 'Event') {
      courier.plan('invoke', async () => {
        await courier.deliver({ kind: 'invoke', functionArn: arn, ruleName: '', event: call.input, cause });
      });
      return { raw: { status: 202, headers: {}, body: '' } };
    }
    const { requestId, error, result } = await functions.invoke(arn, call.input);
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amz-executed-version': '$LATEST' };
    const failed: Readonly<Record<string, string>> = error === undefined ? {} : { 'x-amz-function-error': 'Unhandled' };
    return { raw: { status: 200, headers: { ...headers, ...failed }, body: JSON.stringify(error ?? result ?? null) } };
  }

  private report(record: JsonObject, call: PendingCall, cause: number | undefined): void {
    const { courier, deployments, emit, eventBuses } = this.sandbox;
    const { account: accountId, region, service, operation } = call;
    courier.plan('cloudtrail', async () => {
      await this.sandbox.ask({ record: { account: accountId, region, record } });
      if (deployments.some((each) => each.accountId === accountId && each.hasTrail))
        await eventBuses.put(simulatedCloudTrailEvent(record, call), { accountId, region, busName: 'default' }, cause);
      else if (service === 'ec2')
        emit({
          type: 'not-delivered',
          reason: `CloudTrail sends no event of ${operation} to EventBridge, because no trail has its logging on`,
        });
    });
  }

  private log({ id: sequence, ...call }: PendingCall, end: CallEnd, { caller }: Identity, during: number | undefined): void {
    const { service, operation, account: accountId, region, input: parameters } = call;
    const groupId = service === 'ec2' ? groupIdInSimulatedCall(parameters) : undefined;
    const optional = { ...(groupId !== undefined && { groupId }), ...(during !== undefined && { during }) };
    const failure = end.error === null ? {} : { errorCode: end.error.code };
    const done: Call = { sequence, service, operation, accountId, region, caller, parameters, status: end.status, ...optional, ...failure };
    // Inserts the call at its place in the order of arrival. A call that arrived earlier can end later.
    this.calls.splice(this.calls.findLastIndex((each) => each.sequence < sequence) + 1, 0, done);
    this.sandbox.emit({ type: 'call', call: done });
  }
}

/** The error code that each service returns if IAM denies a call. Services that are not listed return `AccessDeniedException`. */
const DENIED: Readonly<Record<string, string>> = {
  ec2: 'UnauthorizedOperation',
  sts: 'AccessDenied',
  sns: 'AuthorizationError',
  sqs: 'AccessDenied',
  iam: 'AccessDenied',
};

function iamRefusal(service: string, { arn }: Identity, action: string, resource: string): Verdict {
  const what = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`;
  const message = service === 'ec2' ? `You are not authorized to perform this operation. ${what}` : what;
  return {
    error: { code: DENIED[service] ?? 'AccessDeniedException', message, status: service === 'ec2' || service === 'sts' ? 403 : 400 },
  };
}

function groupIdInSimulatedCall(input: JsonObject): string | undefined {
  const filtered = json
    .list(input, 'Filters')
    .flatMap((filter) => (json.text(filter, 'Name') === 'group-id' ? json.list(filter, 'Values') : []));
  const ids = [input.GroupId, ...json.list(input, 'GroupIds'), ...filtered, ...json.list(input, 'Resources')];
  return ids.find((id): id is string => typeof id === 'string' && id.startsWith('sg-'));
}
