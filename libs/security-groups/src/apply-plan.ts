/** Carries out a plan once: what is declared first, then what is not. The envelope it keeps is the module's reason to exist. */
import { permissionsOf, rulesOverlap, type Direction, type Rule } from '@portcullis/permission-diff';
import { SecurityGroupCallError } from './errors.js';
import type { LiveRule } from './live-rule.js';
import { DIRECTIONS, type Plan } from './plan.js';
import type { SecurityGroupWriter } from './port.js';

/** What one attempt did and what went wrong. */
export interface Attempt {
  readonly authorized: readonly Rule[];
  readonly revoked: readonly LiveRule[];
  readonly failures: readonly SecurityGroupCallError[];
  /** Not revoked, since declared traffic may pass only through them as long as a declared rule is missing. */
  readonly heldBack: readonly LiveRule[];
}

/**
 * Authorizes what the plan declares missing, then revokes by rule id what it does not declare, ingress and egress apart.
 *
 * Envelope: at every moment the group lets in no more than *before ∪ declared* and no less than *before ∩ declared*, whichever call
 * fails. So a rule is never revoked while a declared rule that it overlaps could not be authorized. One half failing does not stop the
 * other. When the quota of rules is used up, what can be revoked is revoked first, and the declared rules are tried again.
 */
export async function applyPlan(writer: SecurityGroupWriter, groupId: string, plan: Plan): Promise<Attempt> {
  const attempts: Attempt[] = [];
  for (const direction of DIRECTIONS) attempts.push(await applyDirection(writer, groupId, plan, direction));
  return {
    authorized: attempts.flatMap((attempt) => attempt.authorized),
    revoked: attempts.flatMap((attempt) => attempt.revoked),
    failures: attempts.flatMap((attempt) => attempt.failures),
    heldBack: attempts.flatMap((attempt) => attempt.heldBack),
  };
}

async function applyDirection(
  writer: SecurityGroupWriter,
  groupId: string,
  plan: Plan,
  direction: Direction,
): Promise<Attempt> {
  const missing = plan.authorize.map(({ rule }) => rule).filter((rule) => rule.direction === direction);
  const excess = plan.revoke.map(({ rule }) => rule).filter((rule) => rule.direction === direction);
  const failures: SecurityGroupCallError[] = [];

  const authorize = async (): Promise<boolean> =>
    attempt(failures, () => writer.authorize(groupId, direction, permissionsOf(missing)));
  const revoke = async (rules: readonly LiveRule[]): Promise<boolean> =>
    attempt(failures, () =>
      writer.revoke(
        groupId,
        direction,
        rules.map(({ ruleId }) => ruleId),
      ),
    );

  let authorized = missing.length === 0 || (await authorize());
  const free = authorized ? excess : excess.filter((rule) => !missing.some((declared) => rulesOverlap(rule, declared)));
  const revoked = free.length > 0 && (await revoke(free)) ? [...free] : [];

  if (!authorized && revoked.length > 0 && failures[0]?.kind === 'quota') {
    failures.shift();
    authorized = await authorize();
    const rest = excess.filter((rule) => !free.includes(rule));
    if (authorized && rest.length > 0 && (await revoke(rest))) revoked.push(...rest);
  }
  return {
    authorized: authorized ? missing : [],
    revoked,
    failures,
    heldBack: authorized ? [] : excess.filter((rule) => !free.includes(rule)),
  };
}

/** Makes the call; a refusal by EC2 is kept and answered with `false`, so that the other half goes on. */
async function attempt(failures: SecurityGroupCallError[], call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    failures.push(error);
    return false;
  }
}
