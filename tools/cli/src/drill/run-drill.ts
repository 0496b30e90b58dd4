/** Adds a rule that lets no traffic in, waits until the guard reports and revokes the rule, and cleans up. */
import type { Finding } from '@portcullis/finding';
import { SecurityGroupCallError, type DrillWriter, type SecurityGroups } from '@portcullis/security-groups';
import { Failure, Interrupted } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { awaitUnlessInterrupted } from '../command-line/interrupt.js';
import { DRILL_CIDR, DRILL_PORT, drillPermission, type DrillTarget, type NewTarget } from './drill-target.js';

const POLL_MILLISECONDS = 2000;
/** A rule counts as revoked if this many polls in a row do not return the rule. */
const POLLS = 2;
/**
 * If EC2 has never returned the rule or group, the drill polls this many times. EC2 shows new rules and groups with a delay.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const POLLS_IF_UNSEEN = 5;

export interface Drill {
  readonly groups: SecurityGroups;
  readonly writer: DrillWriter;
  /** Reads the findings about the group. */
  readonly findings: (groupId: string) => Promise<readonly Finding[]>;
  /**
   * The part of an ARN that identifies the remediator. The drill ignores findings about calls of the remediator.
   */
  readonly remediator: string;
  /** The AWS CLI options that select the account and region of the drill, such as ` --region eu-west-1`. */
  readonly cliOptions: string;
  /** The description of the rule. No other drill uses this description. */
  readonly mark: string;
  readonly timeoutSeconds: number;
  readonly findingOnly: boolean;
}

export interface DrillResult {
  readonly groupId: string;
  /** The finding; null after a timeout. `seconds`: the time from EC2's confirmation of the drill's rule until the drill saw the finding. */
  readonly finding: (Finding & { readonly seconds: number }) | null;
  readonly restoration: { readonly seconds: number } | null;
  /** One line. */
  readonly cleanUp: string;
}

/** What the drill has created so far and must remove. */
interface Made {
  groupId?: string;
  /** Set to true before the call is sent, because EC2 can create the rule even if the response is lost. */
  isRuleTried: boolean;
  ruleId?: string;
  isRestored: boolean;
}

/**
 * Runs the drill, and always cleans up.
 *
 * @throws {Interrupted} when the signal is aborted.
 * @throws {Failure} with the AWS CLI command to run, when the clean-up failed.
 * @throws AWS's error when AWS refuses a call.
 */
export async function runDrill(target: DrillTarget, drill: Drill, io: Io): Promise<DrillResult> {
  const made: Made = { isRuleTried: false, isRestored: false };
  let seen: Omit<DrillResult, 'cleanUp'>;
  try {
    seen = await openDrillRuleAndWait(target, drill, made, io);
  } catch (error) {
    const cleanUp = await cleanUpDrill(target, drill, made, io);
    throw io.signal.aborted ? new Interrupted(`interrupted; ${cleanUp}`, { cause: error }) : error;
  }
  return { ...seen, cleanUp: await cleanUpDrill(target, drill, made, io) };
}

async function openDrillRuleAndWait(target: DrillTarget, drill: Drill, made: Made, io: Io): Promise<Omit<DrillResult, 'cleanUp'>> {
  const { groups, writer, timeoutSeconds, findingOnly } = drill;
  const { signal, now } = io;
  const showCleanUp = (): void => {
    io.stderr.write(`if this process is killed, clean up with: ${drillCleanUpCommand(target, made, drill)}\n`);
  };
  const groupId = target.kind === 'existing' ? target.groupId : await writer.createGroup(target.group);
  made.groupId = groupId;
  if (target.kind === 'new') {
    showCleanUp();
    // If the baseline declares egress, the guard revokes the default egress rule.
    if (target.baseline.egress === undefined) await revokeEgressOfDrillGroup(groupId, groups);
  }
  const earlier = new Set((await drill.findings(groupId)).map(({ id }) => id));
  signal.throwIfAborted();
  made.isRuleTried = true;
  made.ruleId = await writer.openRule(groupId, drillPermission(drill.mark));
  const start = now().getTime();
  if (target.kind === 'existing') showCleanUp();
  const seconds = (): number => (now().getTime() - start) / 1000;

  let finding: DrillResult['finding'] = null;
  let missing: { readonly seconds: number; polls: number } | null = null;
  let pollsNeeded = POLLS_IF_UNSEEN;
  for (;;) {
    if (!made.isRestored) {
      const rules = await groups.readRules(groupId);
      if (rules.some(({ ruleId }) => ruleId === made.ruleId)) [missing, pollsNeeded] = [null, POLLS];
      else if (missing === null) missing = { seconds: seconds(), polls: 1 };
      else missing.polls += 1;
    }
    made.isRestored = missing !== null && missing.polls >= pollsNeeded;
    if (finding === null) {
      const found = (await drill.findings(groupId)).find(
        ({ id, event, actor }) =>
          !earlier.has(id) && event.name === 'AuthorizeSecurityGroupIngress' && actor?.arn?.includes(drill.remediator) !== true,
      );
      if (found !== undefined) finding = { ...found, seconds: seconds() };
    }
    signal.throwIfAborted();
    const isComplete = finding !== null && (made.isRestored || findingOnly);
    // If the last poll did not return the rule, polls once more, even after the timeout, to confirm that the rule was revoked.
    const isConfirming = missing !== null && !made.isRestored;
    const left = timeoutSeconds - seconds();
    if (isComplete || (left <= 0 && !isConfirming))
      return { groupId, finding, restoration: made.isRestored && missing !== null ? { seconds: missing.seconds } : null };
    const found = `${finding === null ? 'not reported yet' : 'reported'}, ${made.isRestored ? 'revoked' : 'not revoked yet'}`;
    io.progress.show(`${Math.floor(seconds())} s of ${timeoutSeconds} s: ${found} …`);
    await awaitUnlessInterrupted(io.wait(left > 0 ? Math.min(POLL_MILLISECONDS, left * 1000) : POLL_MILLISECONDS), signal);
  }
}

/** Revokes the default egress rule, which EC2 adds to every new group. */
async function revokeEgressOfDrillGroup(groupId: string, groups: SecurityGroups): Promise<void> {
  const egress = (await groups.readRules(groupId)).filter(({ direction }) => direction === 'egress');
  const ids = egress.map(({ ruleId }) => ruleId);
  if (ids.length > 0) await groups.revoke(groupId, 'egress', ids);
}

/** Removes what the drill created, even after an interrupt. Returns a text that says what was removed. */
async function cleanUpDrill(target: DrillTarget, drill: Drill, made: Made, { wait }: Io): Promise<string> {
  try {
    return target.kind === 'new' ? await deleteDrillGroup(target, drill, made, wait) : await revokeDrillRule(drill, made, wait);
  } catch (error) {
    const what = target.kind === 'new' ? 'the drill group' : 'the drill rule';
    const reason = error instanceof Error ? error.message : String(error);
    const command = drillCleanUpCommand(target, made, drill);
    throw new Failure(`${what} could not be removed: ${reason}; remove it with:\n${command}`, { cause: error });
  }
}

async function deleteDrillGroup({ group }: NewTarget, { writer, groups }: Drill, made: Made, wait: Io['wait']): Promise<string> {
  // If the drill did not receive the group id, finds the group by its name.
  const find = async (): Promise<readonly string[] | undefined> => {
    const ids = (await groups.findGroups(group.name)).map(({ id }) => id);
    return ids.length > 0 ? ids : undefined;
  };
  const ids = made.groupId === undefined ? ((await pollForDrillResource(find, wait)) ?? []) : [made.groupId];
  for (const id of ids) await ignoreDrillCleanUpError('group-not-found', () => writer.deleteGroup(id));
  return ids.length === 0 ? 'no group was created' : 'the drill group was deleted';
}

async function revokeDrillRule(
  { groups, mark }: Drill,
  { groupId, isRuleTried, ruleId, isRestored }: Made,
  wait: Io['wait'],
): Promise<string> {
  if (groupId === undefined || !isRuleTried) return 'nothing was changed';
  if (isRestored) return 'nothing to do: the guard revoked the rule';
  const find = async (): Promise<string | undefined> => {
    const rules = await groups.readRules(groupId);
    return rules.find(({ direction, description }) => direction === 'ingress' && description === mark)?.ruleId;
  };
  const id = ruleId ?? (await pollForDrillResource(find, wait));
  if (id === undefined) return 'the drill rule does not exist';
  await ignoreDrillCleanUpError('rule-not-found', () => groups.revoke(groupId, 'ingress', [id]));
  return 'the drill rule was revoked';
}

async function pollForDrillResource<T>(find: () => Promise<T | undefined>, wait: Io['wait']): Promise<T | undefined> {
  for (let polls = 1; ; polls += 1) {
    const found = await find();
    if (found !== undefined || polls === POLLS_IF_UNSEEN) return found;
    await wait(POLL_MILLISECONDS);
  }
}

/** Awaits the call, and ignores an error of the given kind. */
async function ignoreDrillCleanUpError(kind: SecurityGroupCallError['kind'], call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError && error.kind === kind)) throw error;
  }
}

/** Returns the AWS CLI command that removes what the drill created. */
function drillCleanUpCommand(target: DrillTarget, { groupId, ruleId }: Made, { cliOptions }: Drill): string {
  if (target.kind === 'new')
    return groupId === undefined
      ? `aws ec2 describe-security-groups --filters Name=group-name,Values=${target.group.name}${cliOptions}`
      : `aws ec2 delete-security-group --group-id ${groupId}${cliOptions}`;
  const rule = ruleId === undefined ? `--protocol tcp --port ${DRILL_PORT} --cidr ${DRILL_CIDR}` : `--security-group-rule-ids ${ruleId}`;
  return `aws ec2 revoke-security-group-ingress --group-id ${target.groupId} ${rule}${cliOptions}`;
}
