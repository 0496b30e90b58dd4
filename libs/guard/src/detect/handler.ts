/**
 * Handles one CloudTrail record: finds the affected groups that a baseline or a limit selects, and reports a finding about each group.
 * Changes no group.
 */
import type { Baseline, CompiledBaseline, Declaration } from '@portcullis/baseline';
import { callChangedNothing, isActorRole, isGuardEvent, parseCloudTrailEvent, type ApiCall } from '@portcullis/cloudtrail';
import { NO_LIMITS, type TimeLimits } from '../runtime/time-limits.js';
import { joinFindingSentence, tagCommandFor, type Assessment, type Finding, type FindingWake, higherSeverity } from '@portcullis/finding';
import {
  chunksOf,
  enforcedPartOfPlan,
  isAtBaseline,
  planNeedsApproval,
  isReadError,
  prefixListReader,
  ec2ReadErrorReason,
  type GroupAttachments,
  type PrefixListReader,
  type ReadError,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import {
  judgeRefusedCall,
  judgeDeletedGroup,
  judgeDepartedGroup,
  judgeCallByLiveRules,
  judgeCallByRecordAlone,
  prefixListsToJudgeCall,
  prefixListsToPlanJudgedCall,
  uncheckedCallGroupsAssessment,
  planRulesOfJudgedCall,
  wasInBaselineBeforeTagCall,
  undeterminedCallAssessment,
  type Circumstances,
  type LiveGroup,
} from './judge-call.js';
import { findConcernedGroups, type ConcernedGroup, type GroupRead, type JudgeableGroup, type LeftGroup } from './concerned-groups.js';
import { declarationEndedByTagCall } from './changed-tags.js';
import { detectorAttachmentReader, ATTACHMENT_READ_MILLISECONDS, type AttachmentReader } from './detector-attachment-reader.js';
import { Departures } from './departures.js';
import {
  findingAboutCall,
  callFindingSubjectOfReadGroup,
  callFindingSubjectWithId,
  findingAboutUnreadableCallRecord,
} from './finding-about-call.js';
import type { Measure, Ports } from './ports.js';
import { readPrefixListChangeOfCall, accessChangedByPrefixListCall, type PrefixListEntryChange } from './changed-prefix-lists.js';
import { guardFindingAmbiguityWords, guardFindingDeclarationNames } from '../runtime/guard-finding-words.js';
import { isGuardedOrLimited } from '../runtime/selected-groups.js';
import { Waker, type Awakening, type Drifted } from './wake.js';

export interface DetectorOutcome {
  readonly findings: readonly Finding[];
}

export interface DetectorSettings {
  /** The ARN of the remediator's role, with its path. If `undefined`, the deployment has no remediator. */
  readonly remediatorRoleArn: string | undefined;
  /** The ARN of the remediator's role in the member accounts, with `{account}` in place of the account id. */
  readonly remediatorMemberRoleArn?: string | undefined;
  /** The prefix of the deployment's resource names. If absent, calls on Portcullis's own resources are not reported. */
  readonly guardName?: string | undefined;
  /** The ARN of the KMS key that encrypts the deployment's stored data. If absent, calls on KMS keys are not reported. */
  readonly guardKmsKeyArn?: string | undefined;
  /** The ARNs of the roles that deploy Portcullis. The detector rates changes by these roles to Portcullis's own resources as `info`. */
  readonly deployers?: readonly string[];
}

/**
 * Returns the handler, which resolves to the findings that it reported. The list is empty if the call affects no group that a baseline or a
 * limit selects. If the record is unreadable or EC2 does not answer in time, the handler reports a finding of kind `undetermined` and does
 * not throw.
 */
export function createDetectorHandler(
  baseline: CompiledBaseline,
  settings: DetectorSettings,
  ports: Ports,
): (event: unknown, limits?: TimeLimits) => Promise<DetectorOutcome> {
  const { reporting, securityGroupsOf, remediator, now } = ports;
  const departures = new Departures(now);
  const waker = new Waker({
    remediator,
    isRestored: settings.remediatorRoleArn !== undefined,
    now,
    failed: (error, groupId) => {
      const reason = error instanceof Error ? error.message : String(error);
      reporting.log('error', `the request to the remediator failed: ${reason}`, { groupId });
    },
  });

  return async (event, limits = NO_LIMITS) => {
    const findings: Finding[] = [];
    for await (const some of findingsAbout(event, limits)) {
      // Report the findings of each batch immediately, so that a failure in a later batch does not lose these findings.
      if (some.length > 0) await reporting.findings(some);
      findings.push(...some);
    }
    return { findings };
  };

  async function* findingsAbout(event: unknown, limits: TimeLimits): AsyncGenerator<readonly Finding[]> {
    const { guardName, guardKmsKeyArn } = settings;
    if (guardName !== undefined && isGuardEvent(event)) {
      const { judgeGuardCall, parseGuardCall } = await import('./judge-guard-call.js');
      const parsed = parseGuardCall(event, { name: guardName, kmsKeyArn: guardKmsKeyArn });
      if (!parsed.ok) yield [findingAboutUnreadableCallRecord(parsed)];
      else if (parsed.value !== undefined && securityGroupsOf(parsed.value.accountId) === undefined) drop(parsed.value);
      // Do not report the remediator's own DeleteSchedule calls, which end the wait of a group for an approval.
      else if (parsed.value !== undefined && !(parsed.value.eventName === 'DeleteSchedule' && isRemediator(parsed.value))) {
        measureAge(parsed.value);
        yield [findingAboutCall(parsed.value, null, judgeGuardCall(parsed.value, settings.deployers ?? []))];
      }
      return;
    }
    const parsed = parseCloudTrailEvent(event);
    if (parsed.ok) yield* findingsOf(parsed.value, limits);
    else yield [findingAboutUnreadableCallRecord(parsed)];
  }

  /**
   * Any account of an organization can forward the records of its calls to the detector. The detector ignores the calls of accounts that
   * are not guarded.
   */
  function drop({ eventId, eventName, accountId }: Pick<ApiCall, 'eventId' | 'eventName' | 'accountId'>): void {
    reporting.measure('EventsDropped', 1);
    reporting.log('info', 'dropped an event of an account that this function does not guard', {
      eventId,
      eventName,
      accountId,
    });
  }

  function measureAge({ eventTime }: Pick<ApiCall, 'eventTime'>): void {
    const age = (now().getTime() - Date.parse(eventTime)) / 1000;
    reporting.measure('EventAgeSeconds', Math.max(0, age));
  }

  async function* findingsOf(call: ApiCall, { timeLeft, signal }: TimeLimits): AsyncGenerator<readonly Finding[]> {
    const securityGroups = securityGroupsOf(call.accountId, signal);
    if (securityGroups === undefined) {
      drop(call);
      return;
    }
    measureAge(call);
    const scope = await findConcernedGroups(call, baseline, securityGroups, departures);
    if (!scope.ok) {
      yield [findingAboutCall(call, null, undeterminedCallAssessment(scope.reason))];
      return;
    }
    let reads: EventReads | undefined;
    const waiting: string[] = [];
    let concerned = 0;
    for (const { ids, read } of scope.batches) {
      const groups = timeLeft() > 0 ? await read() : undefined;
      if (groups === undefined) waiting.push(...ids);
      else {
        concerned += groups.length;
        if (groups.length === 0) continue;
        reads ??= await readsOf(call, securityGroups, timeLeft);
        yield await judgeAll(call, groups, reads, timeLeft, waiting);
      }
    }
    reporting.log('debug', `${call.eventName} concerns ${concerned} groups`, { eventId: call.eventId });
    if (waiting.length > 0) yield [findingAboutCall(call, null, uncheckedCallGroupsAssessment(waiting))];
  }

  async function readsOf(call: ApiCall, securityGroups: SecurityGroupReader, timeLeft: () => number): Promise<EventReads> {
    const readAttachments = ports.behind;
    const behind =
      readAttachments &&
      detectorAttachmentReader(
        (groupId, signal) => readAttachments(call.accountId, groupId, signal),
        (error, groupId) => {
          reporting.measure('CallFailures', 1);
          reporting.log(
            'warn',
            `the attachments of the group could not be read: ${error instanceof Error ? error.message : String(error)}`,
            {
              groupId,
            },
          );
        },
      );
    return {
      behind: async (groupId) => (behind === undefined || timeLeft() < ATTACHMENT_READ_MILLISECONDS ? null : behind(groupId)),
      changed: await readPrefixListChangeOfCall(call, securityGroups),
      read: prefixListReader(securityGroups, (failure, prefixListId) => {
        reporting.measure('CallFailures', 1);
        reporting.log('warn', failure.message, { prefixListId });
      }),
    };
  }

  /** If the deadline passes, adds the ids of the unchecked groups to `waiting`. */
  async function judgeAll(
    call: ApiCall,
    groups: readonly ConcernedGroup[],
    reads: EventReads,
    timeLeft: () => number,
    waiting: string[],
  ): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    // Each group may need an invocation of the remediator, so handle only a few groups at a time. Always handle the first few groups, even
    // after the deadline.
    for (const [i, some] of chunksOf(groups, AT_ONCE).entries()) {
      if (i > 0 && timeLeft() <= 0) waiting.push(...some.map(({ id }) => id));
      else findings.push(...(await Promise.all(some.map((group) => judgeGroup(call, group, reads)))).flat());
    }
    return findings;
  }

  async function judgeGroup(call: ApiCall, group: ConcernedGroup, reads: EventReads): Promise<readonly Finding[]> {
    const told = (assessment: Assessment): readonly Finding[] => [findingAboutCall(call, callFindingSubjectWithId(group.id), assessment)];
    if (group.kind === 'selected' || group.kind === 'left')
      for (const answer of [group.read?.live, group.read?.facts]) if (isReadError(answer)) tellFailure(answer, group.id);
    switch (group.kind) {
      case 'selected':
        return judgeSelected(call, group, reads);
      case 'left':
        return judgeDeparted(call, group, reads);
      case 'vanished':
        // The severity is low, because most deleted groups never had a baseline.
        return told(
          undeterminedCallAssessment(
            `it is unknown whether the group was guarded, because the group does not exist after ${call.eventName}`,
            'low',
          ),
        );
      case 'unknown':
        tellFailure(group.error, group.id);
        return told(undeterminedCallAssessment(`it is unknown whether the group is guarded: ${ec2ReadErrorReason(group.error)}`));
    }
  }

  async function judgeSelected(call: ApiCall, group: JudgeableGroup, reads: EventReads): Promise<readonly Finding[]> {
    const { id, selection, read } = group;
    const finding = isGuardedOrLimited(selection) ? await judgeBy(call, { id, declaration: selection, read }, reads) : undefined;
    if (selection.kind === 'ambiguous') {
      const words = guardFindingAmbiguityWords(selection.names);
      if (finding === undefined || finding.kind === 'change')
        return [findingAboutCall(call, callFindingSubjectWithId(id), undeterminedCallAssessment(words))];
      return [{ ...finding, summary: joinFindingSentence(words, finding.summary) }];
    }
    // One prefix list can affect every group of the account. So report a group without a baseline only if the group breaks a limit.
    const isQuiet = selection.kind === 'limited' && call.change.kind === 'prefix-list' && finding?.severity === 'info';
    return finding === undefined || isQuiet ? [] : [finding];
  }

  async function judgeBy(
    call: ApiCall,
    { id, declaration, read }: { readonly id: string; readonly declaration: Declaration; readonly read: GroupRead | null },
    reads: EventReads,
  ): Promise<Finding> {
    const circumstances = circumstancesOf(call, declaration);
    const baseline = declaration.baseline?.name ?? null;
    if (read === null || callChangedNothing(call.outcome))
      return findingAboutCall(call, { ...callFindingSubjectWithId(id), baseline }, judgeRefusedCall(circumstances));
    const subject = { ...callFindingSubjectOfReadGroup(id, read), baseline };
    const judged = await judgeRead(circumstances, read, await planGroupAffectedByCall(circumstances, read, reads), reads);
    // The restoration must not depend on the attachments, because somebody can attach an instance to the group later.
    const [awakening, assessment] = await Promise.all([
      awaken({ ...circumstances, ...judged, group: subject }),
      knowingBehind(judged, id, reads),
    ]);
    return { ...findingAboutCall(call, subject, assessment), ...awakening };
  }

  /**
   * Compares a group with the baseline and the limits that applied before the group's tags changed. The remediator restores the group to
   * the baseline and the limits that apply now.
   */
  async function judgeDeparted(
    call: ApiCall,
    { id, departure, certain, selection, read }: LeftGroup,
    reads: EventReads,
  ): Promise<readonly Finding[]> {
    const { before, by } = departure;
    const left = declarationEndedByTagCall(before, selection);
    const circumstances = circumstancesOf(call, before);
    const group = read && (await planGroupAffectedByCall(circumstances, read, reads));
    const shows = left.baseline !== undefined && group !== null && !isReadError(group) && wasInBaselineBeforeTagCall(group.plan);
    const wasIn = certain || shows;
    // Without proof, assume that the group had no baseline before the call. Compare the remediator's calls with the current baseline,
    // because the remediator restores only to the current baseline.
    if (selection.kind === 'guarded' && (!wasIn || circumstances.byRemediator))
      return judgeSelected(call, { id, kind: 'selected', selection, read }, reads);
    if (read === null || group === null || callChangedNothing(call.outcome) || circumstances.byRemediator)
      return judgeSelected(call, { id, kind: 'selected', selection: before, read }, reads);
    if (wasIn && call.change.kind === 'tags') departures.note(id, departure);
    const subject = { ...callFindingSubjectOfReadGroup(id, read), baseline: before.kind === 'guarded' ? before.baseline.name : null };
    const judged = await judgeRead(circumstances, read, group, reads, (known, { plan }, held) =>
      judgeDepartedGroup(known, { by, left, selection, wasIn }, plan, held),
    );
    const severe = (assessment: Assessment): Assessment =>
      wasIn ? { ...assessment, severity: higherSeverity('high', assessment.severity) } : assessment;
    const restore = async (): Promise<Awakening> => {
      if (!wasIn || !isGuardedOrLimited(selection)) return {};
      const others = circumstancesOf(call, selection);
      const byOther = await judgeRead(others, read, await planGroupAffectedByCall(others, read, reads), reads);
      const severity = higherSeverity(severe(judged.assessment).severity, byOther.assessment.severity);
      return awaken({ ...others, ...byOther, assessment: { ...byOther.assessment, severity }, group: subject });
    };
    const [awakening, assessment] = await Promise.all([restore(), knowingBehind(judged, id, reads)]);
    const finding = findingAboutCall(call, subject, severe(assessment));
    if (!wasIn) return [finding];
    const back = outlookAfterTagCall(left, finding);
    if (!isGuardedOrLimited(selection)) return [{ ...finding, outlook: `${LEFT_ALONE}: ${back}` }];
    const as = selection.kind === 'guarded' ? selection.baseline.name : guardFindingDeclarationNames(selection);
    const restored = awakening.outlook !== undefined && `as ${as} declares, ${awakening.outlook}`;
    return [{ ...finding, ...awakening, outlook: joinFindingSentence(restored, back) }];
  }

  function circumstancesOf(call: ApiCall, declaration: Declaration): Circumstances {
    return {
      declaration,
      call,
      byRemediator: isRemediator(call),
      today: now().toISOString().slice(0, 10),
    };
  }

  async function awaken({ group: { id, name, vpcId, tags }, ...drifted }: Drifted): Promise<Awakening> {
    const awakening = await waker.consider({ ...drifted, group: { id, name, vpcId, ...(tags && { tags }) } });
    if (awakening.wake !== undefined) reporting.measure(WAKE_MEASURES[awakening.wake.outcome], 1);
    return awakening;
  }

  function isRemediator({ actor, accountId }: Pick<ApiCall, 'actor' | 'accountId'>): boolean {
    const { remediatorRoleArn, remediatorMemberRoleArn } = settings;
    return [remediatorRoleArn, remediatorMemberRoleArn?.replace('{account}', accountId)].some(
      (arn) => arn !== undefined && isActorRole(actor, arn),
    );
  }

  /** Compares the live rules with the baseline and the limits. If the live rules could not be read, uses the record alone. */
  async function judgeRead(
    given: Circumstances,
    { facts }: GroupRead,
    group: LiveGroup | ReadError,
    { changed, read }: EventReads,
    judge = judgeCallByLiveRules,
  ): Promise<Judged> {
    // EC2 returns no rules for an unknown group. Only DescribeSecurityGroups distinguishes a deleted group from a group without rules.
    if (facts === undefined) return { assessment: judgeDeletedGroup(given), isEnforced: false };
    const circumstances = { ...given, ...(!isReadError(facts) && { groupName: facts.name }) };
    const { declaration } = circumstances;
    const reach = changed && accessChangedByPrefixListCall(changed, isReadError(group) ? [] : group.live, declaration);
    const held = await read(prefixListsToJudgeCall(circumstances, group, reach));
    if (isReadError(group)) {
      const awaiting = declaration.baseline?.mode === 'approve' ? declaration.baseline : undefined;
      return {
        assessment: judgeCallByRecordAlone(circumstances, ec2ReadErrorReason(group), held),
        isEnforced: [declaration.baseline, ...declaration.limits].some((each) => each?.mode === 'enforce'),
        awaiting,
      };
    }
    return {
      isEnforced: !isAtBaseline(enforcedPartOfPlan(group.plan, declaration)),
      awaiting: planNeedsApproval(group.plan) ? declaration.baseline : undefined,
      assessment: judge(circumstances, group, held, reach),
      knowing: (behind) => judge({ ...circumstances, behind }, group, held, reach),
    };
  }

  /** If the group is open to the internet, reads what is attached to the group and adds the attachments to the assessment. */
  async function knowingBehind({ assessment, knowing }: Judged, groupId: string, reads: EventReads): Promise<Assessment> {
    if (knowing === undefined || assessment.exposure === undefined) return assessment;
    const behind = await reads.behind(groupId);
    return behind === null ? assessment : knowing(behind);
  }

  function tellFailure(failure: ReadError, groupId: string): void {
    reporting.measure('CallFailures', 1);
    reporting.log('warn', failure.message, { groupId });
  }
}

/** A judged group. */
interface Judged {
  /** The assessment without the attachments of the group. */
  readonly assessment: Assessment;
  /** Whether a baseline or a limit in mode `enforce` requires a change of the group. */
  readonly isEnforced: boolean;
  /** The group's baseline. Present only if the restoration needs an approval. */
  readonly awaiting?: Baseline | undefined;
  /** Returns the assessment with the attachments of the group. Absent if the live rules could not be read. */
  readonly knowing?: (behind: GroupAttachments) => Assessment;
}

/** The data that all findings about one event share, so that the detector reads the data only once. */
interface EventReads {
  /** Returns what is attached to a group, or `null` if the read failed. */
  readonly behind: AttachmentReader;
  /** The prefix list entries that the call changed, if any. */
  readonly changed: PrefixListEntryChange | undefined;
  /** Reads each prefix list once. */
  readonly read: PrefixListReader;
}

const AT_ONCE = 5;

/** IAM lets the remediator's role change a group only while the group has the tags of a baseline or a limit. */
const LEFT_ALONE = 'nothing restores the group, because the remediator may change only groups with the tags of a baseline';

/** Says which tags to set or remove so that the baseline and the limits apply again. */
function outlookAfterTagCall({ baseline, limits }: ReturnType<typeof declarationEndedByTagCall>, { group }: Finding): string {
  const tags = Object.assign({}, ...[baseline, ...limits].map((each) => each?.groups.tags)) as Readonly<Record<string, string>>;
  const excepting = [...new Set(limits.flatMap(({ groups }) => Object.keys(groups.except?.tags ?? {})))];
  const name = guardFindingDeclarationNames({ baseline, limits });
  const again =
    baseline === undefined ? `${name} ${limits.length === 1 ? 'applies' : 'apply'} to the group again` : `${name} guards the group again`;
  const ways = [
    ...(Object.keys(tags).length === 0 ? [] : [tagCommandFor(group, tags)]),
    ...(excepting.length === 0 ? [] : [`the tag ${excepting.join(', ')} is removed`]),
  ];
  return `${again} after ${ways.join(' and ')}`;
}

const WAKE_MEASURES = {
  sent: 'WakesSent',
  joined: 'WakesJoined',
  withheld: 'WakesWithheld',
  failed: 'WakesFailed',
} as const satisfies Record<FindingWake['outcome'], Measure>;

async function planGroupAffectedByCall(
  circumstances: Circumstances,
  { live }: GroupRead,
  { read }: EventReads,
): Promise<LiveGroup | ReadError> {
  if (isReadError(live)) return live;
  return { live, plan: planRulesOfJudgedCall(circumstances, live, await read(prefixListsToPlanJudgedCall(circumstances, live))) };
}
