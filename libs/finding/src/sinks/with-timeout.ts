/**
 * Runs an asynchronous function with a timeout. When the timeout expires, aborts the signal of the function and rejects, even if the
 * function ignores the signal.
 *
 * @throws {Error} if the timeout expires before the function has ended. If the function rejects earlier, rejects with the error of the
 * function.
 */
export async function withTimeout<T>(milliseconds: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${milliseconds} ms`);
      reject(error);
      controller.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([run(controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
