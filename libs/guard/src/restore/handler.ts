/** Handles one invocation: parses the event, restores the groups that the event names, and reports. */
import { baselineExposures, baselineExposureWarning, type CompiledBaseline } from '@portcullis/baseline';
import { findingDrift, findingPermissionsByDirection, type Finding } from '@portcullis/finding';
import type { IpPermission } from '@portcullis/permission-diff';
import { MAX_DEFERRAL_MILLISECONDS } from '../runtime/restoration-request.js';
import { NO_LIMITS, type TimeLimits } from '../runtime/time-limits.js';
import { evaluateTrigger, type EvaluationSettings, type Judged } from './evaluate-trigger.js';
import { parseRemediatorEvent, type RemediatorInvocation, type EventProblem } from './remediator-event.js';
import { EvaluationsError, type Compliance, type Evaluation, type Evaluations, type HandlerPorts } from './ports.js';

/** `authorized` and `revoked` contain ingress rules. `egress` is present only if the remediator changed egress rules. */
export interface GroupResult {
  readonly groupId: string;
  readonly compliance: Compliance;
  readonly annotation: string;
  readonly authorized: readonly IpPermission[];
  readonly revoked: readonly IpPermission[];
  readonly egress?: { readonly authorized: readonly IpPermission[]; readonly revoked: readonly IpPermission[] };
}

export interface RemediatorOutcome {
  readonly results: readonly GroupResult[];
  readonly findings: readonly Finding[];
}

/** Makes Lambda retry the event. The handler throws this error after it has reported all findings and evaluations. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/**
 * Logs once which services the baseline opens to the world, and returns the handler. The handler resolves after it has reported all
 * findings and evaluations, even if it could not restore a group.
 *
 * @throws {RetryableError} from the handler, after all reports, if a retry may succeed.
 */
export function createRemediatorHandler(
  baseline: CompiledBaseline,
  settings: EvaluationSettings,
  ports: HandlerPorts,
): (event: unknown, limits?: TimeLimits) => Promise<RemediatorOutcome> {
  const { reporting } = ports;
  logDeclaredExposures(baseline, ports);

  return async (event, { timeLeft, signal } = NO_LIMITS) => {
    const parsed = parseRemediatorEvent(event);
    if (!parsed.ok) return reportUnreadableConfigEvent(parsed.problems, ports);
    const invocation = parsed.value;
    if (invocation.debug) reporting.verbose();
    reporting.log('debug', `read a ${invocation.messageType}`, { eventId: invocation.eventId });
    const account = await ports.accountPorts(invocation.accountId, signal);
    if (account === undefined) return drop(invocation);
    measureAge(invocation);
    await untilDue(invocation, timeLeft);
    const judged = await evaluateTrigger(invocation, baseline, settings, { ...ports, ...account, timeLeft });
    const findings = judged.flatMap((each) => findingAboutEvaluation(invocation, each) ?? []);
    // Report the findings first, because a person needs the findings to undo the changes even if the function fails later.
    await reporting.findings(findings);
    logResults(invocation, judged);
    const failure = await report(invocation, judged, account.evaluations);
    const retry = judged.filter((each) => each.retry).map(({ annotation }) => annotation);
    if (failure?.retryable === true) retry.push(failure.message);
    if (retry.length > 0) throw new RetryableError(retry.join('; '));
    return { results: judged.flatMap(invocationResultOfGroup), findings };
  };

  /**
   * Waits until the requested time, but leaves enough time for the restoration. The timeout of the deployed function is long enough for the
   * longest wait.
   */
  async function untilDue({ notBefore }: RemediatorInvocation, timeLeft: () => number): Promise<void> {
    if (notBefore === null) return;
    const early = notBefore.getTime() - ports.now().getTime();
    const wait = Math.min(early, MAX_DEFERRAL_MILLISECONDS, timeLeft() - RESTORATION_MILLISECONDS);
    if (wait > 0) await ports.wait(wait);
  }

  /** Drops an event of an account that is not guarded. An AWS Config rule of any account is allowed to invoke the function. */
  function drop({ eventId, accountId, messageType }: RemediatorInvocation): RemediatorOutcome {
    reporting.measure('EventsDropped', 1);
    reporting.log('info', 'dropped an event of an account that this function does not guard', {
      eventId,
      accountId,
      messageType,
    });
    return { results: [], findings: [] };
  }

  /** Measures how long AWS Config took to report a change. Scheduled events and approvals do not show this delay. */
  function measureAge({ trigger, approval }: RemediatorInvocation): void {
    if (trigger.kind === 'group' && approval === null)
      reporting.measure('EventAgeSeconds', Math.max(0, (ports.now().getTime() - trigger.time.getTime()) / 1000));
  }

  /** Reports compliance to AWS Config. Logs and returns the error of a failed report. */
  async function report(
    invocation: RemediatorInvocation,
    judged: readonly Judged[],
    config: Evaluations,
  ): Promise<EvaluationsError | undefined> {
    const { resultToken, testMode } = invocation;
    const evaluations = judged.flatMap((each) => configEvaluationOfGroup(invocation, each) ?? []);
    // Only events of AWS Config have a token. After a request without a token, AWS Config records the restored group and invokes the
    // function with a token.
    if (evaluations.length === 0 || resultToken === null) return undefined;
    try {
      await config.put(evaluations, resultToken, testMode);
      return undefined;
    } catch (error) {
      if (!(error instanceof EvaluationsError)) throw error;
      reporting.log('error', error.message, { eventId: invocation.eventId, retryable: error.retryable });
      reporting.measure('CallFailures', 1);
      return error;
    }
  }

  /** Logs one line for each resource, or one line for an event that names no resource. */
  function logResults({ trigger, eventId, ruleName, messageType }: RemediatorInvocation, judged: readonly Judged[]): void {
    if (trigger.kind === 'nothing') reporting.log('info', trigger.reason, { eventId, ruleName, messageType });
    for (const { annotation, compliance, subject, baseline: name } of judged) {
      const details = { eventId, ruleName, groupId: subject?.group.id ?? null, baseline: name, compliance };
      reporting.log(compliance === 'NON_COMPLIANT' ? 'warn' : 'info', annotation, details);
    }
  }
}

/** The time that one restoration may need: 12 seconds for pauses, and 18 seconds for calls. */
const RESTORATION_MILLISECONDS = 30_000;

/** Reports an unreadable event. Lambda does not retry such an event, because it would be unreadable again. */
async function reportUnreadableConfigEvent(
  problems: readonly EventProblem[],
  { reporting, now }: HandlerPorts,
): Promise<RemediatorOutcome> {
  const time = now().toISOString();
  const finding: Finding = {
    schemaVersion: 1,
    id: `unreadable-${time}:-`,
    kind: 'undetermined',
    severity: 'high',
    summary: `an event could not be read: ${problems.map(({ path, text, expected }) => `\`${path}\` is ${text}, expected ${expected}`).join('; ')}`,
    group: { id: null, name: null, vpcId: null, accountId: null, region: null },
    baseline: null,
    atBaseline: null,
    ...findingDrift([], []),
    actor: null,
    event: { source: 'config', id: null, name: null, time, errorCode: null },
    basis: 'event',
  };
  await reporting.findings([finding]);
  return { results: [], findings: [finding] };
}

function findingAboutEvaluation(invocation: RemediatorInvocation, { finding, subject, baseline }: Judged): Finding | undefined {
  if (finding === undefined) return undefined;
  const { source, eventId, messageType, accountId, region, trigger, resultToken, approval } = invocation;
  const time = 'time' in trigger ? trigger.time.toISOString() : null;
  return {
    schemaVersion: 1,
    // A request contains the id of the event that caused the request. An earlier finding about the drift may have the same event id. So the
    // id of a finding about a request also says why the request was sent.
    id: `${resultToken === null ? `${eventId}/${approval ?? 'restore'}` : eventId}:${subject?.group.id ?? '-'}`,
    ...finding,
    group: { ...(subject?.group ?? { id: null, name: null, vpcId: null }), accountId, region },
    baseline,
    actor: null,
    event: { source, id: eventId, name: messageType, time, errorCode: null },
  };
}

/** Returns the evaluation to send, or `undefined` if the result is about several groups. */
function configEvaluationOfGroup({ trigger }: RemediatorInvocation, { compliance, annotation, subject }: Judged): Evaluation | undefined {
  if (subject === undefined || !('time' in trigger)) return undefined;
  const { resourceType, group } = subject;
  return { resourceType, resourceId: group.id, compliance, annotation, orderingTime: trigger.time };
}

function invocationResultOfGroup({ compliance, annotation, subject, authorized, revoked }: Judged): GroupResult[] {
  if (subject === undefined) return [];
  const [added, removed] = [findingPermissionsByDirection(authorized), findingPermissionsByDirection(revoked)];
  const egressChanged = added.egress.length + removed.egress.length > 0;
  return [
    {
      groupId: subject.group.id,
      compliance,
      annotation,
      authorized: added.ingress,
      revoked: removed.ingress,
      ...(egressChanged && { egress: { authorized: added.egress, revoked: removed.egress } }),
    },
  ];
}

/**
 * A baseline that was generated from existing rules may declare an exposure, which Portcullis leaves open. So each start of the function
 * logs the declared exposures.
 */
function logDeclaredExposures(baseline: CompiledBaseline, { reporting, now }: HandlerPorts): void {
  const exposures = baselineExposures(baseline, now().toISOString().slice(0, 10));
  const warning = baselineExposureWarning(exposures);
  if (warning === undefined) return;
  const logged = exposures.slice(0, MAX_LOGGED_EXPOSURES).map(({ baseline: name, services }) => ({
    baseline: name,
    services: services.map(({ protocol, port }) => `${protocol}/${port}`),
  }));
  reporting.log('warn', warning, { exposures: logged });
}

/** 100 exposures fit into one log line of CloudWatch Logs, which has at most 256 KiB. */
const MAX_LOGGED_EXPOSURES = 100;
