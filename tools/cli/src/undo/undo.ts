/** `portcullis undo FINDING`: asks for confirmation, then reverses one restoration of a group. */
import type { Baseline } from '@portcullis/baseline';
import { describeDrift, describeRules, joinFindingSentence, type Finding } from '@portcullis/finding';
import { diffRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { exposedServices, formatServices } from '@portcullis/permission-diff/exposure';
import {
  isAtBaseline,
  ec2ReadErrorReason,
  restoreSecurityGroup,
  rulesOfPlannedChanges,
  type Restoration,
} from '@portcullis/security-groups';
import { describeAccountRegion, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { readFindingFile, readRulesOfFindingFile, refuseFindingFileOfOtherRegion, findingFileFailure } from '../files/finding-file.js';
import { confirmationRuleLines, confirmWithUser, isConfirmedByUser } from '../command-line/confirmation.js';
import { Failure } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { renderWrapped } from '../render/wrapped.js';
import { safeTerminalLine } from '../command-line/printable.js';

export interface UndoOptions extends AccountRegionOptions {
  /** The id of the finding, if the file contains several. */
  readonly id?: string;
  readonly yes?: boolean;
}

/** A restoration that can be undone. */
interface Undoable {
  readonly finding: Finding;
  readonly groupId: string;
  readonly region: string;
  readonly accountId: string;
  /** All ingress and egress rules before and after the restoration. */
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
  /** The rules that the undo authorizes, because the restoration revoked them. */
  readonly authorize: readonly Rule[];
  /** The rules that the undo revokes, because the restoration authorized them. */
  readonly revoke: readonly Rule[];
}

/** @throws {Failure | Interrupted} */
export async function undoCommand(fileName: string, options: UndoOptions, io: Io): Promise<ExitCode> {
  const undoable = undoableRestoration(await readFindingFile(fileName, options.id, ({ kind }) => kind === 'restoration', io));
  const { region, finding } = undoable;
  refuseFindingFileOfOtherRegion(finding, region, options.region);
  return inAccountRegion({ ...options, region }, io, async (accountRegion) => {
    await refuseIfGroupChanged(accountRegion, undoable, io.command);
    io.stdout.write(undoneRestorationText(undoable, fileName, io));
    const { authorize, revoke, groupId } = undoable;
    const question = `\nAuthorize ${countWithNoun(authorize.length, 'rule')} and revoke ${countWithNoun(revoke.length, 'rule')} in ${groupId} of ${await describeAccountRegion(accountRegion)}? `;
    if (!(await confirmWithUser(question, options.yes, io))) return 1;
    const restoration = await restoreSecurityGroup(accountRegion.groups, {
      groupId,
      declaration: { baseline: undoBaseline(undoable), limits: [] },
      today: currentUtcDay(io),
      mayApply: (plan) => isConfirmedByUser(plan, undoable),
      wait: io.wait,
    });
    const isUndone = restoration.ending.kind === 'done' && isAtBaseline(restoration.remaining);
    const { green, red } = io.stdout.colours;
    io.stdout.write(
      `${isUndone ? green('undone') : red('FAILED')} ${groupId}: ${safeTerminalLine(undoResultWords(restoration, isUndone))}\n`,
    );
    return isUndone ? 0 : 1;
  });
}

/** @throws {Failure} if the finding is not a restoration, or has no rules, group, account or region. */
function undoableRestoration(finding: Finding): Undoable {
  const { kind, group, rules, omitted = [] } = finding;
  if (kind !== 'restoration')
    throw findingFileFailure(finding, `is of kind \`${kind}\`, which changed no group; expected a finding of kind \`restoration\``);
  if (rules === undefined)
    throw findingFileFailure(
      finding,
      omitted.includes('rules')
        ? "was too large to include its rules; expected the finding from the remediator's log, or add `rules.before` and `rules.after` from the log lines with the same id"
        : "has no `rules`, so the rules before the restoration are unknown; expected the finding from the remediator's log",
    );
  if (group.id === null || group.region === null || group.accountId === null)
    throw findingFileFailure(finding, 'does not name a group with its account and region');
  const before = readRulesOfFindingFile(finding, rules.before.ingress, rules.before.egress);
  const after = readRulesOfFindingFile(finding, rules.after.ingress, rules.after.egress);
  const { missing: authorize, excess: revoke } = diffRules(before, after);
  if (authorize.length + revoke.length === 0) throw findingFileFailure(finding, 'changed no rule, so there is nothing to undo');
  return { finding, groupId: group.id, region: group.region, accountId: group.accountId, before, after, authorize, revoke };
}

/** @throws {Failure} if the credentials belong to another account, or the group has changed since the restoration. */
async function refuseIfGroupChanged(
  accountRegion: AccountRegion,
  { accountId: wanted, groupId, after }: Undoable,
  command: string,
): Promise<void> {
  const { groups, region } = accountRegion;
  const own = await accountRegion.accountId();
  if (own !== wanted)
    throw new Failure(`the group is in account ${wanted}, but the credentials belong to ${own}; expected credentials of ${wanted}`);
  const live = await groups.readRules(groupId);
  if (live.length === 0 && (await groups.describeGroup(groupId)) === undefined)
    throw new Failure(`${groupId} no longer exists in ${region}`);
  const { missing, excess } = diffRules(after, live);
  if (missing.length + excess.length === 0) return;
  const since = joinFindingSentence(
    excess.length > 0 && `${describeRules(excess)} was added`,
    missing.length > 0 && `${describeRules(missing)} was removed`,
  );
  throw new Failure(
    `${groupId} has changed since the restoration: ${since}. Nothing was changed; \`${command} plan\` shows the current state of the group`,
  );
}

/** Describes what the undo changes, and how to stop the guard from restoring the group again. */
function undoneRestorationText(
  { finding, groupId, authorize, revoke, before, after }: Undoable,
  fileName: string,
  { command, stdout: { colours, columns } }: Io,
): string {
  const { bold, red } = colours;
  const { name, vpcId } = finding.group;
  const time = finding.event.time === null ? '' : ` of ${finding.event.time}`;
  const exposedNow = exposedServices(after);
  const exposed = exposedServices(before).filter((service) => !exposedNow.includes(service));
  const warning = exposed.length === 0 ? [] : [red(`This opens ${formatServices(exposed)} to the internet.`)];
  const baseline = finding.baseline === null ? 'the baseline of the group' : `baseline ${finding.baseline}`;
  const limits = finding.limits ?? [];
  const file = fileName === '-' ? 'FINDING' : fileName;
  // If the group broke a limit, a permit in the baseline would not help, because the limit would still forbid the rule.
  const how =
    limits.length > 0
      ? `change ${limits.length === 1 ? 'limit' : 'limits'} ${limits.join(', ')} and deploy the file: \`mode: report\` changes nothing, and \`permit\` allows a rule until a given day.`
      : `change ${baseline} and deploy it: \`mode: report\` restores nothing, \`permit\` tolerates a rule until a given day, and \`${command} accept ${file} --until DAY --reason TEXT\` writes such a permit.`;
  const again = `The guard restores the group again, usually within minutes. To prevent that, ${how}`;
  const title = bold(`Undo the restoration${time} of ${groupIdNameAndVpc({ id: groupId, name, vpcId })}`);
  return [title, ...confirmationRuleLines({ authorize, revoke }, colours), ...warning, '', renderWrapped(again, 0, columns), ''].join('\n');
}

/** Returns a baseline that declares exactly the rules that the group had before the restoration. */
function undoBaseline({ groupId, before }: Undoable): Baseline {
  const inDirection = (wanted: Direction): Rule[] => before.filter(({ direction }) => direction === wanted);
  const rules = { ingress: inDirection('ingress'), egress: inDirection('egress') };
  return { name: 'before', groups: { ids: [groupId] }, mode: 'enforce', compare: 'rules', ...rules, permit: [], ignore: [] };
}

function undoResultWords({ authorized, revoked, remaining, ending, failures, isContested }: Restoration, isUndone: boolean): string {
  const done = joinFindingSentence(
    authorized.length > 0 && `authorized ${describeRules(authorized)}`,
    revoked.length > 0 && `revoked ${describeRules(revoked)}`,
  );
  if (isUndone) return done === '' ? 'somebody else has already undone the restoration' : done;
  const left = describeDrift(rulesOfPlannedChanges(remaining.authorize), rulesOfPlannedChanges(remaining.revoke));
  return joinFindingSentence(
    done === '' ? 'nothing was changed' : done,
    ending.kind === 'gone' && 'the group no longer exists',
    ending.kind === 'unverified' && `the rules could not be read after the changes: ${ec2ReadErrorReason(ending.error)}`,
    isContested && 'somebody else changed the group',
    ...failures.map(({ message }) => message),
    left !== '' && `${left} to complete the undo`,
  );
}
