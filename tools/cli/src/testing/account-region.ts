/** A simulated account and region. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { parseCloudTrailEvent, type ApiCall } from '@portcullis/cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { AttachmentsByGroup, surveyGroups, type Attachment, type GroupFacts } from '@portcullis/security-groups';
import { liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { HistoryPage } from '../who/history-reader.js';
import type { AccountRegion, AccountRegionOptions, ClientSettings, OpenAccountRegion } from '../aws/account-region.js';

export const ACCOUNT = '111122223333';

/** Group ids that are valid in a baseline file. */
export const WEB = 'sg-0000000a';
export const DB = 'sg-0000000b';
export const OLD = 'sg-0000000c';

/** Returns a simulated EC2 with these groups. Rules use the notation of `@portcullis/security-groups/testing`. */
export function region(groups: Readonly<Record<string, readonly string[]>>): SimulatedEc2 {
  const ec2 = new SimulatedEc2([], 'none');
  ec2.delete('none');
  for (const [id, rules] of Object.entries(groups)) addGroup(ec2, id, rules);
  return ec2;
}

export function addGroup(ec2: SimulatedEc2, id: string, rules: readonly string[], facts: Partial<GroupFacts> = {}): void {
  const live = liveRules(...rules).map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-${id}` }));
  ec2.add(id, live, { name: id === DB ? 'db' : 'web', ...facts });
}

/** Returns the calls that would change a group. */
export function writesOf({ calls }: SimulatedEc2): string[] {
  return calls.filter((call) => /^(authorize|revoke|replace|create|delete)/.test(call));
}

type Fields = Readonly<Record<string, unknown>>;
type Input = Readonly<Record<string, string | undefined>>;

/** The options of a call that tests check. */
export interface CallOptions {
  readonly requestTimeout?: number;
}

/**
 * The response to each call, by the name of the call, such as `DescribeTrails`. A response is an output, an error, or a function of the
 * input and the options.
 */
export type Answers = Record<string, Fields | Error | ((input: Input, options?: CallOptions) => Fields | Error)>;

export interface TestAccountRegion {
  readonly accountId?: () => Promise<string>;
  readonly accountAlias?: string;
  /** The responses to calls of SDK clients. The simulated EC2 answers EC2 calls that have no response here. */
  readonly answers?: Answers;
  /** The network interfaces that use the groups, or the error of the call. @default none */
  readonly attachments?: readonly Attachment[] | Error;
  /** The Name tags of instances. */
  readonly instanceNames?: Readonly<Record<string, string>>;
  /** The calls in CloudTrail's history, newest first, or the error of the lookup. @default none */
  readonly calls?: readonly ApiCall[] | Error;
  /** Collects the names of the calls that the test looked up in CloudTrail. */
  readonly lookedUp?: string[];
}

/** The error that the SDK throws when a policy denies a call of a service other than EC2. */
export const accessDenied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: {} });

/**
 * The error that the published package throws if a function or log group does not exist. The bundle of the package has no class for this
 * error.
 */
export const notFound = Object.assign(new Error('no'), { name: 'ResourceNotFoundException', $metadata: {} });

/** The error that the SDK throws when there are no credentials. */
export const noCredentials = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
  tryNextLink: false,
});

const LIMITS = { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true };

/** Returns an SDK client that answers calls with the responses in `answers`. An EC2 client sends all other calls to the simulated EC2. */
export function clientOn<C>(Client: new (settings: ClientSettings) => C, answers: Answers, ec2?: SimulatedEc2): C {
  const client = new Client({ region: 'eu-west-1', maxAttempts: 1, requestHandler: LIMITS });
  const send = async (command: { readonly input: Input }, options?: CallOptions): Promise<unknown> => {
    const { name } = command.constructor;
    const answer = answers[name.replace(/Command$/, '')];
    if (answer === undefined && ec2 !== undefined && client instanceof EC2Client) return ec2.client.send(command as never);
    const output = typeof answer === 'function' ? answer(command.input, options) : answer;
    if (output === undefined) throw new TypeError(`this test has no answer to ${name}`);
    if (output instanceof Error) throw output;
    return Promise.resolve(output);
  };
  return Object.assign(client as object, { send }) as C;
}

/** Returns a function that opens the same simulated region for any options, and adds the options to `opened`. */
export function openerOf(
  ec2: SimulatedEc2,
  {
    accountId = () => Promise.resolve(ACCOUNT),
    accountAlias,
    answers = {},
    attachments = [],
    instanceNames = {},
    calls = [],
    lookedUp = [],
  }: TestAccountRegion = {},
  opened: AccountRegionOptions[] = [],
): OpenAccountRegion {
  return (options, signal) => {
    opened.push(options);
    const accountRegion: AccountRegion = {
      region: options.region ?? 'eu-west-1',
      profile: options.profile,
      accountId,
      accountAlias: () => Promise.resolve(accountAlias ?? null),
      survey: async function* (filter) {
        yield* surveyGroups(ec2.client, { ...filter, ownerId: await accountId() }, signal);
      },
      groups: ec2,
      client: (Client) => clientOn(Client, answers, ec2),
      attachments: async function* () {
        yield await resultOf(attachments);
      },
      behind: async (groupId) => {
        const groups = new AttachmentsByGroup();
        groups.add(await resultOf(attachments));
        return groups.of(groupId, new Map(Object.entries(instanceNames)));
      },
      instanceNames: () => Promise.resolve(new Map(Object.entries(instanceNames))),
      callsNamed: async function* (eventName): AsyncGenerator<HistoryPage> {
        lookedUp.push(eventName);
        const named = (await resultOf(calls)).filter((call) => call.eventName === eventName);
        yield { calls: named, oldest: named.at(-1)?.eventTime ?? null };
      },
    };
    return Promise.resolve(accountRegion);
  };
}

function resultOf<T>(result: T | Error): Promise<T> {
  return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
}

/**
 * The properties of a call. By default, the role `ops` made the call on 23 November 2026, and the call authorized the second rule of the
 * group `web`: tcp/22 from 0.0.0.0/0.
 */
export interface TestCall {
  readonly eventName?: string;
  readonly by?: string;
  /** The name of an IAM user who made the call. By default, a role made the call. */
  readonly user?: string;
  /** The day in November 2026. */
  readonly day?: string;
  readonly groupId?: string;
  /** The number of the rule in the group. */
  readonly rule?: number;
  readonly port?: number;
  readonly cidr?: string;
}

/** Returns a call that authorized or revoked a rule. The session name of the role is `mallory`. */
export function callBy({
  eventName = 'AuthorizeSecurityGroupIngress',
  by = 'ops',
  user,
  day = '23',
  groupId = WEB,
  rule = 2,
  port = 22,
  cidr = '0.0.0.0/0',
}: TestCall = {}): ApiCall {
  const rules = { ipProtocol: 'tcp', fromPort: port, toPort: port };
  const item = { groupId, securityGroupRuleId: `sgr-${rule}-${groupId}`, isEgress: false, ...rules, cidrIpv4: cidr };
  const set = eventName.startsWith('Revoke') ? 'revokedSecurityGroupRuleSet' : 'securityGroupRuleSet';
  const sessionIssuer = { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/${by}`, userName: by };
  const role = { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${by}/mallory`, sessionContext: { sessionIssuer } };
  const parsed = parseCloudTrailEvent(
    cloudTrailEvent({
      eventName,
      eventID: `e-${day}-${user ?? by}`,
      eventTime: `2026-11-${day}T11:00:00Z`,
      sourceIPAddress: '198.51.100.7',
      userIdentity: user === undefined ? role : { type: 'IAMUser', userName: user, arn: `arn:aws:iam::${ACCOUNT}:user/${user}` },
      requestParameters: { groupId, ipPermissions: { items: [{ ...rules, ipRanges: { items: [{ cidrIp: cidr }] } }] } },
      responseElements: { [set]: { items: [item] } },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}
