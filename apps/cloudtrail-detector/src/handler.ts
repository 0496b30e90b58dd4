/** One invocation: read the record, find the guarded groups it concerns, judge each, report. It changes nothing. */
import type { CompiledBaseline } from '@portcullis/baseline';
import {
  changedNothing,
  isActorRole,
  isGuardEvent,
  parseGuardCall,
  type Actor,
  type ApiCall,
  type GuardCall,
} from '@portcullis/cloudtrail';
import type { Finding, FindingActor, FindingWake } from '@portcullis/finding';
import {
  isReadError,
  type GroupFacts,
  type LiveRule,
  type ReadError,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import {
  attempted,
  gone,
  judgeLeft,
  judgeLive,
  judgeRecord,
  listsToJudge,
  undetermined,
  type Circumstances,
  type Verdict,
} from './decide.js';
import { concernedGroups, type ConcernedGroup } from './concerned.js';
import { parseEvent, type UnreadableEvent } from './event.js';
import { judgeGuardCall } from './guard-verdict.js';
import type { Measure, Ports } from './ports.js';
import { entryChangeOf, listReader, reachOf, reasonOf, type EntryChange, type ListContents } from './prefix-lists.js';
import type { Settings } from './settings.js';
import { Waker } from './wake.js';

export interface Outcome {
  readonly findings: readonly Finding[];
}

/** Settings that are left out are as if their variables were. */
export type DetectorSettings = Pick<Settings, 'remediatorRoleArn'> &
  Partial<Pick<Settings, 'guardName' | 'guardKmsKeyArn' | 'deployers' | 'remediatorMemberRoleArn'>>;

/**
 * Returns the handler. It resolves to the findings it emitted: none when no guarded group is concerned. It does not throw for what a
 * record holds or EC2 answers: what cannot be read is a finding of kind `undetermined`.
 */
export function createHandler(
  baseline: CompiledBaseline,
  settings: DetectorSettings,
  ports: Ports,
): (event: unknown) => Promise<Outcome> {
  const { reporting, securityGroupsOf, remediator, now } = ports;
  const waker = new Waker({
    remediator,
    isRestored: settings.remediatorRoleArn !== undefined,
    now,
    failed: (error, groupId) => {
      const reason = error instanceof Error ? error.message : String(error);
      reporting.log('error', `the remediator could not be woken: ${reason}`, { groupId });
    },
  });

  return async (event) => {
    const findings = await findingsAbout(event);
    await reporting.findings(findings);
    return { findings };
  };

  async function findingsAbout(event: unknown): Promise<Finding[]> {
    const { guardName, guardKmsKeyArn } = settings;
    if (guardName !== undefined && isGuardEvent(event)) {
      const parsed = parseGuardCall(event, { name: guardName, kmsKeyArn: guardKmsKeyArn });
      if (!parsed.ok) return [unreadableFinding(parsed)];
      const call = parsed.value;
      if (call === undefined) return [];
      if (securityGroupsOf(call.accountId) === undefined) return drop(call);
      measureAge(call);
      return [findingOf(call, null, judgeGuardCall(call, settings.deployers ?? []))];
    }
    const parsed = parseEvent(event);
    return parsed.ok ? findingsOf(parsed.value) : [unreadableFinding(parsed)];
  }

  /** Any account of an organization can forward its calls to us: nothing is asked there, nor told. */
  function drop({ eventId, eventName, accountId }: Pick<ApiCall, 'eventId' | 'eventName' | 'accountId'>): Finding[] {
    reporting.measure('EventsDropped', 1);
    reporting.log('info', 'dropped an event of an account that is not guarded from here', {
      eventId,
      eventName,
      accountId,
    });
    return [];
  }

  function measureAge({ eventTime }: Pick<ApiCall, 'eventTime'>): void {
    const age = (now().getTime() - Date.parse(eventTime)) / 1000;
    reporting.measure('EventAgeSeconds', Math.max(0, age));
  }

  async function findingsOf(call: ApiCall): Promise<Finding[]> {
    const securityGroups = securityGroupsOf(call.accountId);
    if (securityGroups === undefined) return drop(call);
    measureAge(call);
    const concerned = await concernedGroups(call, baseline, securityGroups);
    if (!concerned.ok) return [findingOf(call, null, undetermined(concerned.reason))];
    reporting.log('debug', `${call.eventName} concerns ${concerned.groups.length} guarded groups`, {
      eventId: call.eventId,
    });
    if (concerned.groups.length === 0) return [];
    const lists: EventLists = {
      changed: await entryChangeOf(call, securityGroups),
      read: listReader(securityGroups, (failure, prefixListId) => {
        reporting.measure('CallFailures', 1);
        reporting.log('warn', failure.message, { prefixListId });
      }),
    };
    const findings: Finding[] = [];
    // A few at a time: one call may tag a thousand groups, and EC2 does not answer as many questions at once.
    for (let i = 0; i < concerned.groups.length; i += AT_ONCE) {
      const some = concerned.groups.slice(i, i + AT_ONCE);
      findings.push(...(await Promise.all(some.map((group) => judgeGroup(call, group, lists, securityGroups)))));
    }
    return findings;
  }

  async function judgeGroup(
    call: ApiCall,
    group: ConcernedGroup,
    lists: EventLists,
    securityGroups: SecurityGroupReader,
  ): Promise<Finding> {
    const told = (verdict: Verdict): Finding => findingOf(call, unnamed(group.id), verdict);
    switch (group.kind) {
      case 'guarded':
      case 'left':
        return judgeGuarded(call, group, lists, securityGroups);
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

  async function judgeGuarded(
    call: ApiCall,
    group: Extract<ConcernedGroup, { readonly kind: 'guarded' | 'left' }>,
    lists: EventLists,
    securityGroups: SecurityGroupReader,
  ): Promise<Finding> {
    const circumstances = {
      baseline: group.baseline,
      call,
      byRemediator: isRemediator(call),
      today: now().toISOString().slice(0, 10),
    };
    const subject = { ...unnamed(group.id), baseline: group.baseline.name };
    if (changedNothing(call.outcome)) return findingOf(call, subject, attempted(circumstances));
    const { facts, verdict } = await judgeSucceeded(circumstances, group, lists, securityGroups);
    const named = { ...subject, name: facts?.name ?? null, vpcId: facts?.vpcId ?? null };
    if (group.kind === 'left') return { ...findingOf(call, named, verdict), outlook: LEFT_ALONE };
    const { id, name, vpcId } = named;
    const awakening = await waker.consider({ ...circumstances, verdict, group: { id, name, vpcId } });
    if (awakening.wake !== undefined) reporting.measure(WAKE_MEASURES[awakening.wake.outcome], 1);
    return { ...findingOf(call, named, verdict), ...awakening };
  }

  function isRemediator({ actor, accountId }: ApiCall): boolean {
    const { remediatorRoleArn, remediatorMemberRoleArn } = settings;
    return [remediatorRoleArn, remediatorMemberRoleArn?.replace('{account}', accountId)].some(
      (arn) => arn !== undefined && isActorRole(actor, arn),
    );
  }

  async function judgeSucceeded(
    circumstances: Circumstances,
    group: Extract<ConcernedGroup, { readonly kind: 'guarded' | 'left' }>,
    lists: EventLists,
    securityGroups: SecurityGroupReader,
  ): Promise<{ facts: GroupFacts | null; verdict: Verdict }> {
    const [live, described] = await readGroup(group, securityGroups);
    for (const { failure } of [live, described]) if (failure !== undefined) tellFailure(failure, group.id);
    const facts = described.value ?? null;
    // EC2 answers an unknown group with no rules, so only the description tells an empty group from a deleted one.
    if (described.failure === undefined && facts === null) return { facts, verdict: gone(circumstances) };
    const rules = live.value ?? NO_RULES;
    const reach = lists.changed && reachOf(lists.changed, rules, circumstances.baseline);
    const held = await lists.read(listsToJudge(circumstances, rules, reach));
    if (live.failure !== undefined) return { facts, verdict: judgeRecord(circumstances, reasonOf(live.failure), held) };
    if (group.kind === 'left') return { facts, verdict: judgeLeft(circumstances, rules, group.certain, held) };
    return { facts, verdict: judgeLive(circumstances, rules, held, reach) };
  }

  async function readGroup(
    group: Extract<ConcernedGroup, { readonly kind: 'guarded' | 'left' }>,
    securityGroups: SecurityGroupReader,
  ): Promise<readonly [Answer<readonly LiveRule[]>, Answer<GroupFacts | undefined>]> {
    if (group.kind === 'guarded' && group.read !== undefined) {
      const { live, facts } = group.read;
      return [isReadError(live) ? { failure: live } : { value: live }, { value: facts }];
    }
    return Promise.all([
      answerOf(securityGroups.readRules(group.id)),
      answerOf(securityGroups.describeGroup(group.id)),
    ]);
  }

  function tellFailure(failure: ReadError, groupId: string): void {
    reporting.measure('CallFailures', 1);
    reporting.log('warn', failure.message, { groupId });
  }
}

/** What an event needs to know of prefix lists. */
interface EventLists {
  /** The entries that the call changed, if it changed a list. */
  readonly changed: EntryChange | undefined;
  /** Returns what lists hold now; each is read once. */
  readonly read: (prefixListIds: readonly string[]) => Promise<ListContents>;
}

const NO_RULES: readonly LiveRule[] = [];

const AT_ONCE = 5;

const LEFT_ALONE = 'nothing restores it until its tags are as they were';

const WAKE_MEASURES = {
  sent: 'WakesSent',
  joined: 'WakesJoined',
  withheld: 'WakesWithheld',
  failed: 'WakesFailed',
} as const satisfies Record<FindingWake['outcome'], Measure>;

interface Answer<T> {
  readonly value?: T;
  readonly failure?: ReadError;
}

/** Awaits a read; a failure that EC2 is the cause of is a value here, since the record can still be judged without it. */
async function answerOf<T>(read: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await read };
  } catch (error) {
    if (isReadError(error)) return { failure: error };
    throw error;
  }
}

/** The group that a finding is about; what is not known is null. */
interface Subject {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly baseline: string | null;
}

function unnamed(id: string): Subject {
  return { id, name: null, vpcId: null, baseline: null };
}

function findingOf(call: ApiCall | GuardCall, subject: Subject | null, verdict: Verdict): Finding {
  const { eventId, eventName, eventTime, errorCode, accountId, region, sharedEventId } = call;
  const { id, name, vpcId, baseline } = subject ?? { id: null, name: null, vpcId: null, baseline: null };
  return {
    schemaVersion: 1,
    id: `${eventId}:${id ?? '-'}`,
    ...verdict,
    group: { id, name, vpcId, accountId, region },
    baseline,
    actor: actorOf(call.actor),
    event: {
      source: 'cloudtrail',
      id: eventId,
      name: eventName,
      time: eventTime,
      errorCode,
      ...(sharedEventId !== null && { sharedId: sharedEventId }),
    },
  };
}

function unreadableFinding({ eventId, eventName, problems }: Omit<UnreadableEvent, 'ok'>): Finding {
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
    accountId: actor.accountId,
    principalId: bounded(actor.principalId),
    onBehalfOf: bounded(actor.onBehalfOf),
    userName: bounded(actor.userName),
    sessionName: bounded(actor.sessionName),
    sourceIdentity: bounded(actor.sourceIdentity),
    sourceIp: bounded(actor.sourceIp),
    userAgent: bounded(actor.userAgent),
    invokedBy: actor.invokedBy,
    mfa: actor.mfa,
    console: actor.fromConsole,
  };
}
