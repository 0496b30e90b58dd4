import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

// A command that forks, as a pyenv shim does, and whose fork would go on for a day.
const forking = 'sleep 86400 & echo started; wait';

const keep = (script: string): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'keeper.mjs'), '/bin/sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

describe('the keeper', () => {
  it.each<readonly [string, (keeper: ChildProcess) => unknown]>([
    ['its input ends, as it does when the sandbox is gone', (keeper) => keeper.stdin?.end()],
    ['it is told to end', (keeper) => keeper.kill('SIGTERM')],
  ])('ends the command with all that it forked when %s', async (_when, end) => {
    const keeper = keep(forking);
    if (keeper.stdout === null) throw new Error('a process spawned with pipes has streams');
    await once(keeper.stdout, 'data');

    end(keeper);

    // The stream is closed by the last process that holds it, which would be the fork.
    await expect(once(keeper, 'close')).resolves.toEqual([expect.any(Number), null]);
  });

  it('ends when the command ends, with its exit code', async () => {
    const keeper = keep('exit 3');

    await expect(once(keeper, 'close')).resolves.toEqual([3, null]);
  });
});
