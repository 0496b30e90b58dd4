/** Explains errors of the file system. */
import { types } from 'node:util';

/** Returns Node's code of an error, such as `ENOENT`; `undefined` for an error without a code. */
export function fileErrorCode(error: unknown): string | undefined {
  return types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Returns why a file-system call failed, such as `no such file or directory`. Rethrows any other error. */
export function fileErrorWords(error: unknown): string {
  const code = fileErrorCode(error);
  // Node writes `ENOENT: no such file or directory, open 'x'`.
  if (code === undefined || !types.isNativeError(error) || !error.message.startsWith(`${code}: `)) throw error;
  if (code === 'EISDIR') return 'it is a directory';
  const [reason = ''] = error.message.slice(code.length + 2).split(',', 1);
  return reason;
}
