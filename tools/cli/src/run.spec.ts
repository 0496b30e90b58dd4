import { runIn } from './testing/capture.js';

const run = (...argv: string[]): ReturnType<typeof runIn> => runIn('/', argv);

it.each([
  [
    '--help',
    [
      'Usage: portcullis',
      'check <file>',
      'compile [options] <file>',
      '$ portcullis check baseline.yaml',
      'Exit codes:',
    ],
  ],
  ['check --help', ['Usage: portcullis check', '$ portcullis check baseline.yaml']],
  [
    'compile --help',
    ['Usage: portcullis compile', '--out <file>', '$ portcullis compile baseline.yaml --out baseline.json'],
  ],
])('`portcullis %s` prints how to use it, with examples', async (line, parts) => {
  const { exitCode, stdout, stderr } = await run(...line.split(' '));

  for (const part of parts) expect(stdout).toContain(part);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each(['--version', '-V'])('`portcullis %s` prints the version', async (flag) => {
  expect(await run(flag)).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

it.each([
  ['no command', [], 'Usage: portcullis'],
  ['an unknown command', ['chekc', 'x'], 'portcullis: unknown command `chekc`\n(Did you mean check?)'],
  ['no file', ['check'], 'portcullis: missing required argument `file`'],
  ['a file too many', ['check', 'a', 'b'], 'portcullis: too many arguments'],
  ['an unknown option', ['check', '--fix', 'a'], 'portcullis: unknown option `--fix`'],
  ['an option without its value', ['compile', 'a', '--out'], 'portcullis: option `-o, --out <file>` argument missing'],
])('a command line with %s is told on stderr and is exit code 2', async (_, argv, message) => {
  const { exitCode, stdout, stderr } = await run(...argv);

  expect(stderr).toContain(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});
