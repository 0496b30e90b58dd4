import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { runIn, testFolder } from '../testing/run-command.js';

const folder = testFolder();

const COMMANDS = 'survey check compile plan apply undo approve accept adopt explain report preflight drill completion'.split(' ');

it.each(['', ...COMMANDS])('`portcullis %s --help` prints the usage with examples', async (command) => {
  const { exitCode, stdout, stderr } = await runIn(
    '/',
    [command, '--help'].filter((word) => word !== ''),
  );

  expect(stdout).toMatch(new RegExp(`^Usage: portcullis ${command}`));
  expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n {2}\\$ (source <\\()?portcullis ${command}`));
  if (command === '') for (const each of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${each} `, 'm'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each([60, 80])('the help fits into a terminal of %i columns', async (columns) => {
  for (const command of COMMANDS) {
    const { stdout } = await runIn('/', [command, '--help'], { isTTY: true, columns });
    // Examples are not wrapped, so that users can copy them.
    const [help = ''] = stdout.split('\nExample');
    const tooLong = help.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));

    expect(tooLong.filter((line) => !/^ {2}\S+ .*<|^Usage/.test(line))).toEqual([]);
  }
});

it.each(['--version', '-V'])('`portcullis %s` prints the version', async (flag) => {
  expect(await runIn('/', [flag])).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

it('`portcullis help plan` prints the same text as `portcullis plan --help`', async () => {
  expect(await runIn('/', ['help', 'plan'])).toEqual(await runIn('/', ['plan', '--help']));
});

it('hints show the command with which the user started the program', async () => {
  const changes = { command: 'npx portcullis' };

  expect((await runIn('/', ['plan', '--help'], changes)).stdout).toMatch(/^Usage: npx portcullis plan [^]*\n {2}\$ npx portcullis plan\n/);
  expect((await runIn('/', ['frobnicate'], changes)).stderr).toContain('expected one that `npx portcullis --help` lists\n');
});

it.each<[string, string[]]>([
  ['check', ['', '-b ', '--baseline ']],
  ['compile', ['', '-b ', '--baseline ']],
  ['plan', ['', '-b ', '--baseline ']],
  ['apply', ['', '-b ', '--baseline ']],
  ['report', ['', '-b ', '--baseline ']],
  ['survey', ['', '-b ', '--baseline ']],
  ['explain event.json', ['-b ', '--baseline ']],
])('`portcullis %s` accepts the baseline file as an argument or after -b', async (command, forms) => {
  folder.write('event.json', JSON.stringify(cloudTrailEvent({ eventName: 'CreateSecurityGroup' })));
  const cannotRead = (name: string) => ({ exitCode: 1, stderr: `portcullis: cannot read \`${name}\`: no such file or directory\n` });

  for (const form of forms) expect(await folder.run(`${command} ${form}x.yaml`)).toMatchObject(cannotRead('x.yaml'));
  const hint = 'portcullis: cannot read `baseline.yaml`: no such file or directory; `portcullis adopt` writes it\n';
  if (command !== 'survey') expect(await folder.run(command)).toMatchObject({ exitCode: 1, stderr: hint });
});

// The exit code of an invalid command line must not be 2, because 2 means drift.
it.each([
  ['no command', '', 'Usage: portcullis'],
  ['an unknown command', 'frobnicate', 'portcullis: unknown command `frobnicate`; expected one that `portcullis --help` lists\n'],
  ['a misspelt command', 'chekc x', 'portcullis: unknown command `chekc`; expected `check`?\n'],
  ['a misspelt option', 'plan --jsn', 'portcullis: unknown option `--jsn`; expected `--json`?\n'],
  ['an unknown option', 'check --fix a', 'portcullis: unknown option `--fix`'],
  ['no event', 'explain', 'portcullis: missing required argument `event`'],
  ['two files', 'check a b', 'portcullis: too many arguments for `check`; expected 1 argument instead of 2\n'],
  [
    'a file named in two ways',
    'plan a -b b',
    'portcullis: the baseline file is named twice, `a` and `--baseline b`; expected one of them\n',
  ],
  ['an option without its value', 'compile a --out', 'portcullis: option `-o, --out <file>` argument missing'],
  ['an invalid choice', 'adopt --all --mode watch', 'argument `watch` is invalid; expected `enforce`, `approve` or `report`\n'],
  ['an invalid number', 'apply --max-revocations few', 'Expected a whole number of 0 or more.'],
  ['a number that is too small', 'drill --group sg-1 --timeout 0', 'Expected a whole number of 1 or more.'],
  [
    'options that conflict',
    'drill --group sg-1 --create-in vpc-0a',
    'option `--create-in <vpc>` cannot be used with option `--group <id>`',
  ],
  ['an unknown shell', 'completion powershell', 'is invalid for argument `shell`; expected `bash`, `zsh` or `fish`\n'],
])('the command line reports %s on stderr and exits with 1', async (_what, command, message) => {
  const { exitCode, stdout, stderr } = await runIn('/', command === '' ? [] : command.split(' '));

  expect(stderr).toContain(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('the command line reports an internal error in one line, and adds the stack if PORTCULLIS_DEBUG is set', async () => {
  const openAccountRegion = (): Promise<never> => Promise.reject(new TypeError('x is not\na function'));
  const argv = ['adopt', '--all', '--out', '-'];

  expect(await runIn('/', argv, { openAccountRegion })).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: internal error: TypeError: x is not a function; please report it. PORTCULLIS_DEBUG=1 prints the stack\n',
  });
  expect((await runIn('/', argv, { openAccountRegion, env: { PORTCULLIS_DEBUG: '1' } })).stderr).toContain('run.spec.ts');
});
