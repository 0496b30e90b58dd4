/** Opens a rule that lets nothing in, waits until it is reported and revoked, and leaves nothing behind. */
import { SecurityGroupCallError, type DrillWriter, type SecurityGroups } from '@portcullis/security-groups';
import { Interrupted } from '../program/failure.js';
import { orInterrupted } from '../terminal/until-interrupted.js';
import type { LoggedFinding } from './detector-log.js';
import { DRILL_CIDR, DRILL_PORT, drillPermission, type DrillTarget } from './drill-target.js';

/** Milliseconds between two looks. */
const PAUSE = 2000;
/** So many looks in a row must miss the rule before it counts as revoked. */
const LOOKS = 2;
/** So many looks must miss what EC2 has not shown yet: it may have taken it all the same. */
const LOOKS_FOR_UNSEEN = 5;

export interface DrillWorld {
  readonly groups: SecurityGroups;
  readonly writer: DrillWriter;
  /** The findings about the group, newly read. */
  readonly findings: (groupId: string) => Promise<readonly LoggedFinding[]>;
  /** Part of the ARN of the remediator, whose own calls are reported, too. */
  readonly remediator: string;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told how far it is, in one line. */
  readonly progress: (text: string) => void;
  /** Told as soon as there is something to clean up, how to do that by hand. */
  readonly byHand: (command: string) => void;
  /** What an AWS CLI command needs to reach the same place: ` --region eu-west-1`. */
  readonly cliOptions: string;
}

export interface DrillOptions {
  /** What tells this drill from any other: its rule's description. */
  readonly mark: string;
  readonly timeoutSeconds: number;
  readonly findingOnly: boolean;
}

export interface DrillResult {
  readonly groupId: string;
  /** Seconds from the answer to the call; null where it was not seen. */
  readonly finding: (LoggedFinding & { readonly seconds: number }) | null;
  readonly restoration: { readonly seconds: number } | null;
  /** One line. */
  readonly cleanUp: string;
}

/** Cleaning up failed: the message says what is left. */
export class NotCleanedUp extends Error {
  override readonly name = 'NotCleanedUp';

  constructor(
    message: string,
    /** What removes it. */
    readonly commands: readonly string[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What there is to clean up. */
interface Made {
  groupId?: string;
  /** The call was made; whether EC2 carried it out is known once it has answered. */
  isRuleTried: boolean;
  ruleId?: string;
  isRestored: boolean;
}

/**
 * @throws {Interrupted} when the signal is aborted, {SecurityGroupCallError} or an error of the SDK when AWS refuses: all of them after cleaning up.
 * @throws {NotCleanedUp} when something is left.
 */
export async function runDrill(target: DrillTarget, world: DrillWorld, options: DrillOptions): Promise<DrillResult> {
  const made: Made = { isRuleTried: false, isRestored: false };
  let seen: Seen;
  try {
    seen = await play(target, world, options, made);
  } catch (error) {
    const cleanUp = await cleanedUp(target, world, options, made);
    throw world.signal.aborted ? new Interrupted(`interrupted; ${cleanUp}`, { cause: error }) : error;
  }
  return { ...seen, cleanUp: await cleanedUp(target, world, options, made) };
}

type Seen = Omit<DrillResult, 'cleanUp'>;

async function play(target: DrillTarget, world: DrillWorld, options: DrillOptions, made: Made): Promise<Seen> {
  const { writer, signal, now } = world;
  const groupId = target.kind === 'existing' ? target.groupId : await writer.createGroup(target.group);
  made.groupId = groupId;
  if (target.kind === 'new') {
    world.byHand(byHand(target, made, world));
    // A baseline that declares egress takes the rule away itself.
    if (target.baseline.egress === undefined) await closeEgress(groupId, world);
  }
  const before = new Set((await world.findings(groupId)).map(({ id }) => id));
  signal.throwIfAborted();
  made.isRuleTried = true;
  made.ruleId = await writer.openRule(groupId, drillPermission(options.mark));
  const start = now().getTime();
  if (target.kind === 'existing') world.byHand(byHand(target, made, world));
  const seconds = (): number => (now().getTime() - start) / 1000;

  let finding: DrillResult['finding'] = null;
  let gone: { readonly seconds: number; looks: number } | null = null;
  let looks = LOOKS_FOR_UNSEEN;
  for (;;) {
    if (!made.isRestored) {
      const rules = await world.groups.readRules(groupId);
      if (rules.some(({ ruleId }) => ruleId === made.ruleId)) [gone, looks] = [null, LOOKS];
      else if (gone === null) gone = { seconds: seconds(), looks: 1 };
      else gone.looks += 1;
    }
    const isRestored = gone !== null && gone.looks >= looks;
    made.isRestored = isRestored;
    if (finding === null) {
      const found = (await world.findings(groupId)).find(
        ({ id, eventName, caller }) =>
          !before.has(id) && eventName === 'AuthorizeSecurityGroupIngress' && !caller.includes(world.remediator),
      );
      if (found !== undefined) finding = { ...found, seconds: seconds() };
    }
    signal.throwIfAborted();
    const isDone = finding !== null && (isRestored || options.findingOnly);
    // A rule that one look has missed is looked for once more, even when the time is over.
    const isConfirming = gone !== null && !isRestored;
    const left = options.timeoutSeconds - seconds();
    if (isDone || (left <= 0 && !isConfirming))
      return { groupId, finding, restoration: isRestored && gone !== null ? { seconds: gone.seconds } : null };
    world.progress(
      `${Math.floor(seconds())} s of ${options.timeoutSeconds} s: ` +
        `${finding === null ? 'not reported yet' : 'reported'}, ${isRestored ? 'revoked' : 'not revoked yet'} …`,
    );
    await orInterrupted(world.wait(left > 0 ? Math.min(PAUSE, left * 1000) : PAUSE), signal);
  }
}

/** Takes away the rule to anywhere that EC2 gives a new group. */
async function closeEgress(groupId: string, { groups }: DrillWorld): Promise<void> {
  const egress = (await groups.readRules(groupId)).filter(({ direction }) => direction === 'egress');
  const ids = egress.map(({ ruleId }) => ruleId);
  if (ids.length > 0) await groups.revoke(groupId, 'egress', ids);
}

/** Returns what was done about what the drill made, in words. Nothing here is cut off by an interrupt. */
async function cleanedUp(target: DrillTarget, world: DrillWorld, options: DrillOptions, made: Made): Promise<string> {
  try {
    return target.kind === 'new' ? await deleteGroup(target, world, made) : await revokeRule(world, options, made);
  } catch (error) {
    const what = target.kind === 'new' ? 'the group that the drill made' : "the drill's rule";
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotCleanedUp(`${what} could not be removed: ${reason}`, [byHand(target, made, world)], { cause: error });
  }
}

async function deleteGroup(
  { group }: Extract<DrillTarget, { kind: 'new' }>,
  { writer, groups, wait }: DrillWorld,
  made: Made,
): Promise<string> {
  // The answer that told its id may have been lost.
  const find = async (): Promise<readonly string[] | undefined> => {
    const found = await groups.findGroupIds(group.name);
    return found.length > 0 ? found : undefined;
  };
  const ids = made.groupId === undefined ? ((await searched(find, wait)) ?? []) : [made.groupId];
  for (const id of ids)
    await unless('group-not-found', async () => {
      await writer.deleteGroup(id);
    });
  return ids.length === 0 ? 'nothing was made' : 'the group that the drill made was deleted';
}

async function revokeRule(
  { groups, wait }: DrillWorld,
  { mark }: DrillOptions,
  { groupId, isRuleTried, ruleId, isRestored }: Made,
): Promise<string> {
  if (groupId === undefined || !isRuleTried) return 'nothing was changed';
  if (isRestored) return 'the guard revoked the rule; nothing is left';
  const find = async (): Promise<string | undefined> => {
    const rules = await groups.readRules(groupId);
    return rules.find(({ direction, description }) => direction === 'ingress' && description === mark)?.ruleId;
  };
  const id = ruleId ?? (await searched(find, wait));
  if (id === undefined) return 'nothing is left of the rule';
  await unless('rule-not-found', () => groups.revoke(groupId, 'ingress', [id]));
  return "the drill's rule was revoked";
}

/** Looks until it is found, a few times. */
async function searched<T>(find: () => Promise<T | undefined>, wait: DrillWorld['wait']): Promise<T | undefined> {
  for (let looks = 1; ; looks += 1) {
    const found = await find();
    if (found !== undefined || looks === LOOKS_FOR_UNSEEN) return found;
    await wait(PAUSE);
  }
}

/** Awaits the call. One that fails for that reason has nothing to do. */
async function unless(kind: SecurityGroupCallError['kind'], call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError && error.kind === kind)) throw error;
  }
}

/** The AWS CLI command that removes what the drill made. */
function byHand(target: DrillTarget, { groupId, ruleId }: Made, { cliOptions }: DrillWorld): string {
  if (target.kind === 'new')
    return groupId === undefined
      ? `aws ec2 describe-security-groups --filters Name=group-name,Values=${target.group.name}${cliOptions}`
      : `aws ec2 delete-security-group --group-id ${groupId}${cliOptions}`;
  const rule = ruleId === undefined ? `--protocol tcp --port ${DRILL_PORT} --cidr ${DRILL_CIDR}` : `--security-group-rule-ids ${ruleId}`;
  return `aws ec2 revoke-security-group-ingress --group-id ${target.groupId} ${rule}${cliOptions}`;
}
