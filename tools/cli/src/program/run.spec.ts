import { runIn } from '../testing/run-command.js';

const run = (...argv: string[]): ReturnType<typeof runIn> => runIn('/', argv);
const COMMANDS = ['check', 'compile', 'plan', 'apply', 'adopt', 'explain', 'report', 'completion'];

it('`portcullis --help` names every command, with examples and exit codes', async () => {
  const { exitCode, stdout, stderr } = await run('--help');

  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  expect(stdout).toContain('$ portcullis check baseline.yaml');
  expect(stdout).toContain('Exit codes:');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each(COMMANDS)('`portcullis %s --help` prints how to use it, with examples', async (command) => {
  const { exitCode, stdout, stderr } = await run(command, '--help');

  expect(stdout).toMatch(new RegExp(`^Usage: portcullis ${command} `));
  expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n {2}\\$ (source <\\()?portcullis ${command}`));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each([60, 80, 100])('help fits a terminal of %i columns', async (columns) => {
  for (const command of COMMANDS) {
    const { stdout } = await runIn('/', [command, '--help'], { isTTY: true, columns });
    // Examples are to be copied, and so are not wrapped.
    const [told = ''] = stdout.split('\nExample');
    const tooLong = told.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));

    expect(tooLong.filter((line) => !/^ {2}\S+ .*<|^Usage/.test(line))).toEqual([]);
  }
});

it.each(['--version', '-V'])('`portcullis %s` prints the version', async (flag) => {
  expect(await run(flag)).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

it.each([
  ['no command', [], 'Usage: portcullis'],
  [
    'an unknown command that is like no other',
    ['frobnicate'],
    'portcullis: unknown command `frobnicate`; expected one that `portcullis --help` lists\n',
  ],
  ['an unknown command', ['chekc', 'x'], 'portcullis: unknown command `chekc`; expected `check`?\n'],
  ['an option that is nearly one', ['plan', '--jsn'], 'portcullis: unknown option `--jsn`; expected `--json`?\n'],
  ['no file', ['check'], 'portcullis: missing required argument `file`'],
  ['a file too many', ['check', 'a', 'b'], 'portcullis: too many arguments'],
  ['an unknown option', ['check', '--fix', 'a'], 'portcullis: unknown option `--fix`'],
  ['an option without its value', ['compile', 'a', '--out'], 'portcullis: option `-o, --out <file>` argument missing'],
])('a command line with %s is told on stderr and is exit code 1, since 2 means drift', async (_, argv, message) => {
  const { exitCode, stdout, stderr } = await run(...argv);

  expect(stderr).toContain(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('a mistake of ours is one line, too, and where it happened on demand', async () => {
  const openAccountRegion = (): Promise<never> => Promise.reject(new TypeError('x is not\na function'));
  const argv = ['adopt', '--all', '--out', '-'];

  const told = await runIn('/', argv, { openAccountRegion });
  const debugged = await runIn('/', argv, { openAccountRegion, env: { PORTCULLIS_DEBUG: '1' } });

  expect(told).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: an error that should not be: TypeError: x is not a function; PORTCULLIS_DEBUG=1 tells where. Please report it\n',
  });
  expect(debugged.stderr).toContain('run.spec.ts');
});
