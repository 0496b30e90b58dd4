/** Reads the alias of the account. Only commands that show the alias load this module, because loading an SDK client takes time. */
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import type { ClientSettings } from './account-region.js';

/** Returns the alias; null if the account has no alias or the alias could not be read. */
export async function readAccountAlias(settings: ClientSettings, abortSignal: AbortSignal): Promise<string | null> {
  try {
    const { AccountAliases = [] } = await new IAMClient({ ...settings, maxAttempts: 2 }).send(new ListAccountAliasesCommand({}), {
      abortSignal,
    });
    return AccountAliases[0] ?? null;
  } catch (error) {
    // Ignores errors, because many roles lack `iam:ListAccountAliases` and many private networks cannot reach IAM.
    if (abortSignal.aborted) throw error;
    return null;
  }
}
