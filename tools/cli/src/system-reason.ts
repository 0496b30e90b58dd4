/** Says in words why the file system refused. */

/** Returns the reason of a failed file-system call, e.g. `no such file or directory`. An error of any other kind is thrown on. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  if (error.code === 'EISDIR') return 'it is a directory';
  // Node writes `ENOENT: no such file or directory, open 'x'`.
  const [, reason = String(error.code)] = /^[A-Z0-9]+: ([^,]+)/.exec(error.message) ?? [];
  return reason;
}
