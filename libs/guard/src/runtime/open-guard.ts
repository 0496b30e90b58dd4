/** Starts a function. The code in this module runs before the first event, because Lambda gives a function more CPU during its start. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseCompiledBaseline, type CompiledBaseline } from '@portcullis/baseline';
import { functionReporting, optionalSinks, type Environment, type FunctionReporting, type SinkSettings } from '@portcullis/finding';
import type { RoleCredentials } from './assume-role.js';
import {
  isClientOfMemberAccount,
  parseMemberAccounts,
  clientsPerAccount,
  readMemberAccountVariables,
  type CredentialedClient,
  type GuardedAccounts,
} from './member-accounts.js';
import { SDK_LIMITS } from './sdk-limits.js';
import { nonEmptyVariable, readSinkSettings } from './sink-settings.js';

/** The settings that both functions have. */
export interface GuardSettings {
  /** The path of the compiled baseline. If absent, `baseline.json` in the folder of the function's code. */
  readonly baselinePath: string | undefined;
  readonly accounts: GuardedAccounts;
  readonly sinks: SinkSettings;
}

/**
 * Reads the environment variables that both functions share. For each invalid variable, adds a text with the expected form to `problems`.
 */
export function readGuardSettings(environment: Environment, problems: string[]): GuardSettings {
  return {
    baselinePath: nonEmptyVariable(environment.BASELINE_PATH),
    accounts: readMemberAccountVariables(environment, problems),
    sinks: readSinkSettings(environment, problems),
  };
}

/** The configuration of an SDK client. */
export type ClientConfiguration = typeof SDK_LIMITS & { readonly credentials?: () => Promise<RoleCredentials> };

export interface Guard<Measure extends string, Clients> {
  readonly baseline: CompiledBaseline;
  readonly reporting: FunctionReporting<Measure>;
  /** Returns the SDK clients of an account, or `undefined` if the account is not guarded. */
  readonly clientsOf: (accountId: string | null) => Clients | undefined;
  /** Resolves to whether the function guards the account of this client. */
  readonly admits: (client: CredentialedClient) => Promise<boolean>;
}

/**
 * Reads the baseline, opens the sinks, and makes the SDK clients of the function's own account.
 *
 * @param name the function's name in logs and metrics, unless the environment sets another name.
 * @param moduleUrl the URL of the function's code. The same folder contains `baseline.json` and `members.json`.
 * @throws {Error} when the baseline or the list of members cannot be read.
 */
export function openGuard<Measure extends string, Clients>(
  name: string,
  moduleUrl: string,
  { baselinePath, accounts, sinks }: GuardSettings,
  openClients: (configuration: ClientConfiguration) => Clients,
): Guard<Measure, Clients> {
  const textOf = (path: string | undefined, file: string): string => readFileSync(path ?? fileURLToPath(new URL(file, moduleUrl)), 'utf8');
  const members = parseMemberAccounts(accounts.memberRoleArn === undefined ? '[]' : textOf(accounts.membersPath, 'members.json'));
  const clientsOf = clientsPerAccount(accounts, members, (credentials) =>
    openClients({ ...SDK_LIMITS, ...(credentials && { credentials }) }),
  );
  clientsOf(null);
  return {
    baseline: parseCompiledBaseline(textOf(baselinePath, 'baseline.json')),
    reporting: functionReporting<Measure>(name, process.env, optionalSinks(sinks)),
    clientsOf,
    admits: (client) => isClientOfMemberAccount(members, client),
  };
}
