/**
 * `portcullis accept FINDING|GROUP`: changes the baseline file so that it declares the live rules of a group, or the rules in a finding.
 */
import { hasGroupCriteria, type Baseline } from '@portcullis/baseline';
import { isPermitEndDay, type BaselineEdit } from '@portcullis/baseline/file';
import { diffRules, formatRule, ruleKey } from '@portcullis/permission-diff';
import { exposedServices, formatServices } from '@portcullis/permission-diff/exposure';
import { isAtBaseline, planRuleChanges, rulesOfPlannedChanges, type Plan } from '@portcullis/security-groups';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { unreadListIdsOfBrokenPart } from '../plan/unread-prefix-lists.js';
import { planWithoutLimits } from '../plan/plan-without-limits.js';
import { liveStateToAccept, findingStateToAccept, type StateToAccept } from './state-to-accept.js';
import { declarableRule } from './adopted-file.js';
import { editAdoptedBaseline, readBackAdoptedBaseline } from './edited-baseline.js';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { isGroupIdArgument } from '../command-line/group-option.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { loadBaselineFile, type LoadedBaseline } from '../files/load-baseline.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { readFindingFile } from '../files/finding-file.js';
import { Interrupted, failCommandOnProblems } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io } from '../command-line/io.js';
import { cannotCombineOptions } from '../command-line/output-format.js';
import { countWithNoun } from '../render/counted.js';
import { groupIdNameAndVpc } from '../render/state-words.js';

export interface AcceptOptions extends AccountRegionOptions {
  readonly baseline: string;
  /** The id of the finding, if the file contains several findings. */
  readonly id?: string;
  readonly reason: string;
  /** The last day of the permits, `YYYY-MM-DD`. */
  readonly until?: string;
  /** Whether to declare the accepted rules forever. @default the rules become permits that end on the day `until` */
  readonly forever?: boolean;
  /** Whether to ask CloudTrail who opened the rules of a group. @default true */
  readonly who?: boolean;
  readonly dryRun?: boolean;
}

/** @param what the id of a group, or the file with a finding @throws {Failure | Interrupted} */
export async function acceptGroupState(what: string, options: AcceptOptions, io: Io): Promise<ExitCode> {
  refuseAcceptOptions(options, io);
  const loaded = await loadBaselineFile(options.baseline, io);
  const { compiled } = loaded;
  if (isGroupIdArgument(what)) {
    const { who = true } = options;
    return inAccountRegion(options, io, async (accountRegion) =>
      acceptIntoBaselineFile(await liveStateToAccept(what, compiled, accountRegion, { who, io }), loaded, options, io),
    );
  }
  const finding = await readFindingFile(what, options.id, ({ kind }) => kind === 'drift' || kind === 'restoration', io);
  return acceptIntoBaselineFile(findingStateToAccept(finding, compiled, io), loaded, options, io);
}

function refuseAcceptOptions({ reason, until, forever = false }: AcceptOptions, io: Io): void {
  failCommandOnProblems([
    !/^[^\p{Cc}\u2028\u2029]{1,256}$/u.test(reason) && 'invalid `--reason`; expected one line of at most 256 characters',
    until === undefined && !forever && 'no end date; expected `--until` with the last day, or `--forever` to declare the rules',
    until !== undefined && forever && cannotCombineOptions('--until', '--forever'),
    until !== undefined && !isPermitEndDay(until) && `invalid \`--until ${until}\`; expected a day as \`YYYY-MM-DD\``,
    until !== undefined &&
      isPermitEndDay(until) &&
      until < currentUtcDay(io) &&
      `\`--until ${until}\` is in the past; expected today or a later day`,
  ]);
}

async function acceptIntoBaselineFile(state: StateToAccept, loaded: LoadedBaseline, options: AcceptOptions, io: Io): Promise<ExitCode> {
  const { group, baseline, live } = state;
  const plan = planWithoutLimits(baseline, live, currentUtcDay(io));
  if (isAtBaseline(plan)) {
    io.stderr.write(`nothing to accept: ${groupIdNameAndVpc(group)} has not drifted from its baseline ${baseline.name}\n`);
    return 0;
  }
  refuseRulesBeyondLimits(plan, state, currentUtcDay(io));
  const edited = editAdoptedBaseline(loaded, 'edit', [await acceptedStateEdit(plan, state, options)]);
  verifyAcceptedFile(edited, state, loaded, currentUtcDay(io));
  if (io.signal.aborted) throw new Interrupted('interrupted; nothing was written');
  io.stdout.write(baselineFileDiff(loaded, edited, io));
  const { dryRun = false, forever = false } = options;
  if (!dryRun) writeFileOrStdout(edited, loaded.fileName, io);
  const verb = dryRun ? 'would accept' : 'accepted';
  const end = forever ? 'forever' : `until ${options.until ?? ''}`;
  const [added, removed] = [plan.revoke.length, plan.authorize.length];
  const done = [
    added > 0 && `${countWithNoun(added, 'rule')} ${forever ? 'declared' : `permitted ${end}`}`,
    removed > 0 && `${countWithNoun(removed, 'missing rule')} no longer declared`,
  ].filter((text) => text !== false);
  for (const note of acceptedStateNotes(plan, state, end)) io.stderr.write(`portcullis: ${note}\n`);
  io.stderr.write(
    `${verb} ${groupIdNameAndVpc(group)} in baseline ${baseline.name} of ${loaded.fileName}: ${done.join(', ')}${dryRun ? '; nothing was written' : ''}\n`,
  );
  return 0;
}

/** @throws {Failure} when a limit forbids a rule that `accept` would declare or permit. */
function refuseRulesBeyondLimits({ revoke }: Plan, { limits, live, addresses, ownerId }: StateToAccept, today: string): void {
  const { broken } = planRuleChanges({ limits }, live, { today, addresses, ...(ownerId !== null && { accountId: ownerId }) });
  const accepted = new Set(rulesOfPlannedChanges(revoke).map(ruleKey));
  failCommandOnProblems(
    broken.flatMap(({ limit, parts }) => {
      // If a prefix list could not be read, it can be unknown whether a limit forbids a rule. `accept` then allows the rule.
      const forbidden = parts.filter((part) => accepted.has(ruleKey(part.rule)) && unreadListIdsOfBrokenPart(part, addresses).length === 0);
      return [...new Set(forbidden.map(({ rule }) => `${rule.direction} ${formatRule(rule)}`))].map(
        (rule) =>
          `limit ${limit.name} forbids ${rule}, so a baseline cannot allow the rule; expected a \`permit\` or an \`except\` in the limit`,
      );
    }),
  );
}

async function acceptedStateEdit(
  plan: Plan,
  { baseline, ownerId, openedBy }: StateToAccept,
  options: AcceptOptions,
): Promise<BaselineEdit> {
  const { reason, until, forever = false } = options;
  const undeclared = rulesOfPlannedChanges(plan.revoke);
  const opened = await openedBy(undeclared);
  const accepted = undeclared.map((rule) => {
    const comment = [opened(rule), forever ? `accepted: ${reason}` : undefined].filter((line) => line !== undefined);
    return { comment, rule: declarableRule(rule, ownerId) };
  });
  const keys = new Set(undeclared.map(ruleKey));
  return {
    name: baseline.name,
    undeclare: rulesOfPlannedChanges(plan.authorize),
    // Removes the expired permits of rules that are now permitted or declared.
    unpermit: diffRules(
      undeclared,
      baseline.permit.flatMap(({ rules }) => rules),
    ).kept,
    ...(forever ? { declare: accepted } : { permit: accepted.map((each) => ({ ...each, reason, ...(until !== undefined && { until }) })) }),
    keepsProposed: (rule) => !keys.has(ruleKey(rule)),
  };
}

/** Checks that the edited baseline declares the accepted rules, and that no other baseline changed. */
function verifyAcceptedFile(text: string, { baseline, live }: StateToAccept, { compiled }: LoadedBaseline, today: string): void {
  const { baselines } = readBackAdoptedBaseline(text);
  const othersIn = (all: readonly Baseline[]): string => JSON.stringify(all.filter(({ name }) => name !== baseline.name));
  const after = baselines.find(({ name }) => name === baseline.name);
  if (after === undefined || !isAtBaseline(planWithoutLimits(after, live, today)) || othersIn(baselines) !== othersIn(compiled.baselines))
    throw new Error(`after the edit, the baseline ${baseline.name} does not declare the accepted rules of the group`);
}

function acceptedStateNotes(plan: Plan, { group, baseline: { name, groups } }: StateToAccept, end: string): string[] {
  const exposed = exposedServices(rulesOfPlannedChanges(plan.revoke));
  const isForOthers = hasGroupCriteria(groups) || groups.ids.length > 1;
  return [
    ...(exposed.length === 0 ? [] : [`the accepted rules open ${formatServices(exposed)} to the internet ${end}`]),
    ...(isForOthers ? [`the change of baseline ${name} applies to every group that the baseline selects, not only to ${group.id}`] : []),
  ];
}

/** Returns the change of the file as a diff that `git apply` accepts. */
function baselineFileDiff({ fileName, text }: LoadedBaseline, edited: string, { stdout: { colours } }: Io): string {
  const patch = createTwoFilesPatch(`a/${fileName}`, `b/${fileName}`, text, edited, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  const colour = (line: string): string => {
    if (/^(---|\+\+\+) /.test(line)) return colours.bold(line);
    return line.startsWith('+') ? colours.green(line) : line.startsWith('-') ? colours.red(line) : line;
  };
  return patch.split('\n').map(colour).join('\n');
}
