/** One invocation: read the event, restore what it names, report. */
import { guardedGroupIds, selectBaseline, type CompiledBaseline } from '@portcullis/baseline';
import { driftOf, type Finding, type FindingEvent } from '@portcullis/finding';
import { permissionsOf, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { restore, SecurityGroupCallError, UnreadableRuleError } from '@portcullis/security-groups';
import { ambiguous, judge, notApplicable, unreadable, type Verdict } from './decide.js';
import {
  parseConfigEvent,
  SECURITY_GROUP,
  type ConfigInvocation,
  type EventProblem,
  type RecordedGroup,
} from './event.js';
import { EvaluationsError, type Compliance, type Evaluation, type Ports } from './ports.js';
import type { Settings } from './settings.js';

/** `authorized` and `revoked` are ingress; `egress` is present when egress was changed. */
export interface GroupResult {
  readonly groupId: string;
  readonly compliance: Compliance;
  readonly annotation: string;
  readonly authorized: readonly IpPermission[];
  readonly revoked: readonly IpPermission[];
  readonly egress?: { readonly authorized: readonly IpPermission[]; readonly revoked: readonly IpPermission[] };
}

export interface Outcome {
  readonly results: readonly GroupResult[];
  readonly findings: readonly Finding[];
}

/** Thrown when a retry may mend what went wrong; everything has been reported before. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/** What came of one group. */
interface Judged {
  readonly verdict: Verdict;
  readonly evaluation: Evaluation;
  readonly authorized: readonly Rule[];
  readonly revoked: readonly Rule[];
  readonly finding?: Finding;
}

/**
 * Returns the handler. It resolves when everything that could be done is done and reported, also for a permanent problem, which no retry would mend.
 *
 * @throws {RetryableError} from the handler, after reporting, when a retry may mend what went wrong.
 */
export function createHandler(
  baseline: CompiledBaseline,
  settings: Pick<Settings, 'reportRestored'>,
  ports: Ports,
): (event: unknown) => Promise<Outcome> {
  const { reporting } = ports;

  return async (event) => {
    const parsed = parseConfigEvent(event);
    if (!parsed.ok) return reportUnreadable(parsed.problems, ports);
    const invocation = parsed.value;
    if (invocation.debug) reporting.verbose();
    reporting.log('debug', `read a ${invocation.messageType}`, { eventId: invocation.eventId });
    const judged = await judgeTrigger(invocation);
    const findings = judged.flatMap(({ finding }) => finding ?? []);
    const failure = await report(invocation, judged);
    await reporting.findings(findings);
    for (const { verdict, evaluation } of judged) {
      reporting.log(verdict.compliance === 'NON_COMPLIANT' ? 'warn' : 'info', verdict.annotation, {
        groupId: evaluation.resourceId,
        compliance: verdict.compliance,
      });
    }
    const retry = judged.filter(({ verdict }) => verdict.retry).map(({ verdict }) => verdict.annotation);
    if (failure?.retryable === true) retry.push(failure.message);
    if (retry.length > 0) throw new RetryableError(retry.join('; '));
    return { results: judged.map(resultOf), findings };
  };

  async function judgeTrigger(invocation: ConfigInvocation): Promise<Judged[]> {
    const { trigger } = invocation;
    switch (trigger.kind) {
      case 'group':
        return [await judgeGroup(invocation, trigger.group, trigger.time)];
      case 'schedule': {
        const judged: Judged[] = [];
        for (const id of guardedGroupIds(baseline))
          judged.push(await judgeGroup(invocation, { id, name: null, vpcId: null }, trigger.time));
        return judged;
      }
      case 'not-applicable': {
        const verdict = notApplicable(trigger.reason);
        const evaluation = evaluationOf(verdict, trigger.resourceType, trigger.resourceId, trigger.time);
        return [{ verdict, evaluation, authorized: [], revoked: [] }];
      }
      case 'nothing':
        reporting.log('info', trigger.reason, { messageType: invocation.messageType });
        return [];
    }
  }

  async function judgeGroup(invocation: ConfigInvocation, group: RecordedGroup, time: Date): Promise<Judged> {
    const selection = selectBaseline(baseline, { id: group.id });
    let verdict: Verdict;
    let authorized: readonly Rule[] = [];
    let revoked: readonly Rule[] = [];
    switch (selection.kind) {
      case 'unguarded':
        verdict = notApplicable('no baseline selects the group');
        break;
      case 'ambiguous':
        verdict = ambiguous(selection.names);
        break;
      case 'guarded':
        ({ verdict, authorized, revoked } = await restoreGroup(selection.baseline, group.id));
        measure(invocation, time, authorized, revoked);
        break;
    }
    const baselineName = selection.kind === 'guarded' ? selection.baseline.name : null;
    const finding = verdict.finding && findingOf(invocation, group, baselineName, time, verdict.finding);
    return {
      verdict,
      evaluation: evaluationOf(verdict, SECURITY_GROUP, group.id, time),
      authorized,
      revoked,
      ...(finding === undefined ? {} : { finding }),
    };
  }

  async function restoreGroup(
    selected: CompiledBaseline['baselines'][number],
    groupId: string,
  ): Promise<Pick<Judged, 'verdict' | 'authorized' | 'revoked'>> {
    const today = ports.now().toISOString().slice(0, 10);
    try {
      const restoration = await restore(ports.securityGroups, { groupId, baseline: selected, today, wait: ports.wait });
      for (const failure of restoration.failures) {
        reporting.measure('CallFailures', 1);
        reporting.log('error', failure.message, { groupId, operation: failure.operation, code: failure.code });
      }
      const { authorized, revoked } = restoration;
      return { verdict: judge(selected, restoration, settings.reportRestored), authorized, revoked };
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError || error instanceof UnreadableRuleError)) throw error;
      reporting.measure('CallFailures', 1);
      return { verdict: unreadable(error), authorized: [], revoked: [] };
    }
  }

  function measure(
    invocation: ConfigInvocation,
    time: Date,
    authorized: readonly Rule[],
    revoked: readonly Rule[],
  ): void {
    if (invocation.trigger.kind === 'group')
      reporting.measure('EventAgeSeconds', Math.max(0, (ports.now().getTime() - time.getTime()) / 1000));
    if (authorized.length > 0) reporting.measure('RulesAuthorized', authorized.length);
    if (revoked.length > 0) reporting.measure('RulesRevoked', revoked.length);
  }

  /** Gives AWS Config the evaluations; a failure is logged and returned, so that the findings are still emitted. */
  async function report(
    { resultToken, testMode }: ConfigInvocation,
    judged: readonly Judged[],
  ): Promise<EvaluationsError | undefined> {
    if (judged.length === 0) return undefined;
    try {
      await ports.evaluations.put(
        judged.map(({ evaluation }) => evaluation),
        resultToken,
        testMode,
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof EvaluationsError)) throw error;
      reporting.log('error', error.message, { retryable: error.retryable });
      reporting.measure('CallFailures', 1);
      return error;
    }
  }
}

/** An event that cannot be read is told, and not retried: it would not get better. */
async function reportUnreadable(problems: readonly EventProblem[], { reporting, now }: Ports): Promise<Outcome> {
  const time = now().toISOString();
  const finding: Finding = {
    schemaVersion: 1,
    id: `unreadable-${time}:-`,
    kind: 'undetermined',
    severity: 'high',
    summary: `an event from AWS Config could not be read: ${problems.map(({ path, text, expected }) => `\`${path}\` is ${text}, expected ${expected}`).join('; ')}`,
    group: { id: null, name: null, vpcId: null, accountId: null, region: null },
    baseline: null,
    ...driftOf([], []),
    actor: null,
    event: { source: 'config', id: null, name: null, time, errorCode: null },
    basis: 'event',
  };
  await reporting.findings([finding]);
  return { results: [], findings: [finding] };
}

function findingOf(
  invocation: ConfigInvocation,
  group: RecordedGroup,
  baseline: string | null,
  time: Date,
  told: NonNullable<Verdict['finding']>,
): Finding {
  const event: FindingEvent = {
    source: 'config',
    id: invocation.eventId,
    name: invocation.messageType,
    time: time.toISOString(),
    errorCode: null,
  };
  return {
    schemaVersion: 1,
    id: `${invocation.eventId}:${group.id}`,
    ...told,
    group: { ...group, accountId: invocation.accountId, region: invocation.region },
    baseline,
    actor: null,
    event,
    basis: 'live',
  };
}

function evaluationOf(
  { compliance, annotation }: Verdict,
  resourceType: string,
  resourceId: string,
  orderingTime: Date,
): Evaluation {
  return { resourceType, resourceId, compliance, annotation, orderingTime };
}

function resultOf({ evaluation, authorized, revoked }: Judged): GroupResult {
  const { resourceId: groupId, compliance, annotation } = evaluation;
  const inDirection = (direction: Rule['direction']) => ({
    authorized: permissionsOf(authorized.filter((rule) => rule.direction === direction)),
    revoked: permissionsOf(revoked.filter((rule) => rule.direction === direction)),
  });
  const egress = inDirection('egress');
  const egressChanged = egress.authorized.length + egress.revoked.length > 0;
  return { groupId, compliance, annotation, ...inDirection('ingress'), ...(egressChanged ? { egress } : {}) };
}
