/** Says in words why the file system refused. */
import { types } from 'node:util';

/** Returns Node's code of an error, e.g. `ENOENT`; `undefined` for whatever has none. */
export function codeOf(error: unknown): string | undefined {
  return types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Returns the reason of a failed file-system call, e.g. `no such file or directory`. An error of any other kind is thrown on. */
export function systemReason(error: unknown): string {
  const code = codeOf(error);
  // Node writes `ENOENT: no such file or directory, open 'x'`.
  if (code === undefined || !types.isNativeError(error) || !error.message.startsWith(`${code}: `)) throw error;
  if (code === 'EISDIR') return 'it is a directory';
  const [reason = ''] = error.message.slice(code.length + 2).split(',', 1);
  return reason;
}
