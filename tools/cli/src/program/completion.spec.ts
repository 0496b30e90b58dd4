import { spawnSync } from 'node:child_process';
import { testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': '' });

/** Returns what bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await folder.run('completion bash');
  folder.write('script', script);
  const list = words.map((word) => `'${word}'`).join(' ');
  const program = `source ./script; rm script; COMP_WORDS=(portcullis ${list}); COMP_CWORD=${words.length}; _portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { cwd: folder.path, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

it.each<[string, string[], string[]]>([
  ['a command', ['a'], ['apply', 'accept', 'adopt']],
  ['an option', ['plan', '--h'], ['--html', '--help']],
  ['an option after a file', ['report', 'baseline.yaml', '--res'], ['--resume', '--restart']],
  ['no option of another command', ['check', '--html'], []],
  ['a file', ['check', 'base'], ['baseline.yaml']],
  ['the file of an option', ['plan', '--out', 'base'], ['baseline.yaml']],
  ['the choices of an option', ['adopt', '--mode', ''], ['enforce', 'report']],
  ['nothing if only the user knows the value', ['plan', '--region', 'base'], []],
  ['the choices of an argument', ['completion', 'z'], ['zsh']],
])('bash completes %s', async (_what, words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

it('zsh completes every command and its options', async () => {
  const { exitCode, stdout } = await folder.run('completion zsh');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^#compdef portcullis\n/);
  for (const command of ['check', 'compile', 'plan', 'apply', 'accept', 'adopt', 'explain', 'report', 'preflight', 'drill', 'completion'])
    expect(stdout).toMatch(new RegExp(`^ {4}${command}\\) _arguments `, 'm'));
  expect(stdout).toContain("'(-o --out)'{-o,--out}'[");
});
