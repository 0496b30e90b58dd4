/** Reads the alias of the account. Only commands that show the alias load this module, because loading an SDK client takes time. */
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import type { ClientSettings } from './account-region.js';

/** Makes at most two attempts, because no command depends on the alias. */
export async function readAccountAlias(settings: ClientSettings, abortSignal: AbortSignal): Promise<string | null> {
  try {
    const { AccountAliases = [] } = await new IAMClient({ ...settings, maxAttempts: 2 }).send(new ListAccountAliasesCommand({}), {
      abortSignal,
    });
    return AccountAliases[0] ?? null;
  } catch (error) {
    // Many roles lack `iam:ListAccountAliases`, and a private network may not reach IAM.
    if (abortSignal.aborted) throw error;
    return null;
  }
}
