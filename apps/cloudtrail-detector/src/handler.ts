/** One invocation: read the record, find the guarded groups it concerns, judge each, report. It changes nothing. */
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { isActorRole, type Actor, type ApiCall } from '@portcullis/cloudtrail';
import type { Finding, FindingActor } from '@portcullis/finding';
import {
  isReadError,
  SecurityGroupCallError,
  type GroupFacts,
  type LiveRule,
  type ReadError,
} from '@portcullis/security-groups';
import { attempted, gone, judgeLive, judgeRecord, undetermined, type Circumstances, type Verdict } from './decide.js';
import { concernedGroups, type ConcernedGroup } from './concerned.js';
import { parseEvent, type UnreadableEvent } from './event.js';
import type { Ports } from './ports.js';
import type { Settings } from './settings.js';

export interface Outcome {
  readonly findings: readonly Finding[];
}

/**
 * Returns the handler. It resolves to the findings it emitted: none when no guarded group is concerned. It does not throw for what a
 * record holds or EC2 answers: what cannot be read is a finding of kind `undetermined`.
 */
export function createHandler(
  baseline: CompiledBaseline,
  settings: Pick<Settings, 'remediatorRoleArn'>,
  ports: Ports,
): (event: unknown) => Promise<Outcome> {
  const { reporting, securityGroups } = ports;

  return async (event) => {
    const parsed = parseEvent(event);
    const findings = parsed.ok ? await findingsOf(parsed.value) : [unreadableFinding(parsed)];
    await reporting.findings(findings);
    return { findings };
  };

  async function findingsOf(call: ApiCall): Promise<Finding[]> {
    const age = (ports.now().getTime() - Date.parse(call.eventTime)) / 1000;
    reporting.measure('EventAgeSeconds', Math.max(0, age));
    const concerned = await concernedGroups(call, baseline, securityGroups);
    if (!concerned.ok) return [findingOf(call, null, null, undetermined(concerned.reason), null)];
    reporting.log('debug', `${call.eventName} concerns ${concerned.groups.length} guarded groups`, {
      eventId: call.eventId,
    });
    const findings: Finding[] = [];
    for (const group of concerned.groups) findings.push(await judgeGroup(call, group));
    return findings;
  }

  async function judgeGroup(call: ApiCall, group: ConcernedGroup): Promise<Finding> {
    const told = (verdict: Verdict): Finding => findingOf(call, group.id, null, verdict, null);
    switch (group.kind) {
      case 'guarded':
        return judgeGuarded(call, group.id, group.baseline);
      case 'ambiguous':
        return told(undetermined(`several baselines select the group: ${group.names.join(', ')}`));
      case 'vanished':
        // Whoever deletes groups all day is not to be an alarm.
        return told(
          undetermined(
            `the group does not exist after ${call.eventName}, so it cannot be told whether it was guarded`,
            'low',
          ),
        );
      case 'unknown':
        tellFailure(group.error, group.id);
        return told(undetermined(`it cannot be told whether the group is guarded: ${reasonOf(group.error)}`));
    }
  }

  async function judgeGuarded(call: ApiCall, groupId: string, selected: Baseline): Promise<Finding> {
    const byRemediator =
      settings.remediatorRoleArn !== undefined && isActorRole(call.actor, settings.remediatorRoleArn);
    const circumstances = { baseline: selected, call, byRemediator, today: ports.now().toISOString().slice(0, 10) };
    if (call.outcome !== 'succeeded') return findingOf(call, groupId, selected, attempted(circumstances), null);
    const { facts, verdict } = await judgeSucceeded(circumstances, groupId);
    return findingOf(call, groupId, selected, verdict, facts);
  }

  async function judgeSucceeded(
    circumstances: Circumstances,
    groupId: string,
  ): Promise<{ facts: GroupFacts | null; verdict: Verdict }> {
    const [live, described] = await Promise.all([
      answerOf(securityGroups.readRules(groupId)),
      answerOf(securityGroups.describeGroup(groupId)),
    ]);
    for (const { failure } of [live, described]) if (failure !== undefined) tellFailure(failure, groupId);
    const facts = described.value ?? null;
    if (live.failure !== undefined) return { facts, verdict: judgeRecord(circumstances, reasonOf(live.failure)) };
    // EC2 answers an unknown group with no rules, so only the description tells an empty group from none.
    if (described.failure === undefined && facts === null) return { facts, verdict: gone(circumstances) };
    return { facts, verdict: judgeLive(circumstances, live.value ?? NO_RULES) };
  }

  function tellFailure(failure: ReadError, groupId: string): void {
    reporting.measure('CallFailures', 1);
    reporting.log('warn', failure.message, { groupId });
  }
}

const NO_RULES: readonly LiveRule[] = [];

/** Awaits a read; a failure that EC2 is the cause of is a value here, since the record can still be judged without it. */
async function answerOf<T>(read: Promise<T>): Promise<{ value?: T; failure?: ReadError }> {
  try {
    return { value: await read };
  } catch (error) {
    if (isReadError(error)) return { failure: error };
    throw error;
  }
}

function reasonOf(failure: ReadError): string {
  return failure instanceof SecurityGroupCallError
    ? `${failure.operation} failed with ${failure.code}`
    : failure.message;
}

function findingOf(
  call: ApiCall,
  groupId: string | null,
  baseline: Baseline | null,
  verdict: Verdict,
  facts: GroupFacts | null,
): Finding {
  const { eventId, eventName, eventTime, errorCode, accountId, region } = call;
  return {
    schemaVersion: 1,
    id: `${eventId}:${groupId ?? '-'}`,
    ...verdict,
    group: { id: groupId, name: facts?.name ?? null, vpcId: facts?.vpcId ?? null, accountId, region },
    baseline: baseline?.name ?? null,
    actor: actorOf(call.actor),
    event: { source: 'cloudtrail', id: eventId, name: eventName, time: eventTime, errorCode },
  };
}

function unreadableFinding({ eventId, eventName, problems }: UnreadableEvent): Finding {
  const told = problems.map(({ path, text, expected }) => `\`${path}\` is ${text}, expected ${expected}`).join('; ');
  return {
    schemaVersion: 1,
    id: `${eventId ?? 'unreadable'}:-`,
    ...undetermined(`a CloudTrail record could not be read: ${told}`),
    group: { id: null, name: null, vpcId: null, accountId: null, region: null },
    baseline: null,
    actor: null,
    event: { source: 'cloudtrail', id: eventId, name: eventName, time: null, errorCode: null },
  };
}

/** The caller chooses some of these texts, so they are bounded. */
const MAX_CALLER_TEXT = 256;

function actorOf(actor: Actor): FindingActor {
  const bounded = (text: string | null): string | null => text?.slice(0, MAX_CALLER_TEXT) ?? null;
  return {
    type: actor.type,
    arn: bounded(actor.arn),
    issuerArn: actor.issuerArn,
    userName: bounded(actor.userName),
    sourceIp: bounded(actor.sourceIp),
    userAgent: bounded(actor.userAgent),
    invokedBy: actor.invokedBy,
    mfa: actor.mfa,
  };
}
