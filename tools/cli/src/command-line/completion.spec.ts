import { spawnSync } from 'node:child_process';
import { testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': '' });

/** Returns a shell script that loads `./script` and then prints the completions of the last word. */
const PROGRAMS: Readonly<Record<'bash' | 'fish', (words: readonly string[]) => string>> = {
  bash: (words) =>
    `source ./script; rm script; COMP_WORDS=(portcullis ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (words) => `source ./script; rm script; complete --do-complete 'portcullis ${words.join(' ')}'`,
};

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  const isHere = spawnSync(shell, ['--version']).status === 0;

  (isHere ? it : it.skip).each<[string, string[], string[]]>([
    ['a command', ['a'], ['accept', 'adopt', 'apply', 'approve']],
    ['an option', ['plan', '--h'], ['--help', '--html']],
    ['an option after a file', ['report', 'baseline.yaml', '--res'], ['--restart', '--resume']],
    ['no option of another command', ['check', '--html'], []],
    ['a file', ['check', 'base'], ['baseline.yaml']],
    ['the file of an option', ['plan', '--out', 'base'], ['baseline.yaml']],
    ['the choices of an option', ['adopt', '--mode', ''], ['approve', 'enforce', 'report']],
    ['nothing if only the user knows the value', ['plan', '--region', 'base'], []],
    ['the choices of an argument', ['completion', 'z'], ['zsh']],
  ])(`${shell} completes %s (skipped if the shell is not installed)`, async (_what, words, expected) => {
    folder.write('script', (await folder.run(`completion ${shell}`)).stdout);

    const { status, stdout, stderr } = spawnSync(shell, ['-c', PROGRAMS[shell](words)], { cwd: folder.path, encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // Fish prints a tab and a description after each completion.
    const offered = stdout.split('\n').map((line) => line.split('\t')[0]);
    expect(offered.filter((word) => word !== '').sort()).toEqual(expected);
  });
});

it('zsh completes every command and its options', async () => {
  const { exitCode, stdout } = await folder.run('completion zsh');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^#compdef portcullis\n/);
  for (const command of ['check', 'compile', 'plan', 'apply', 'accept', 'adopt', 'explain', 'report', 'preflight', 'drill', 'completion'])
    expect(stdout).toMatch(new RegExp(`^ {4}${command}\\) _arguments `, 'm'));
  expect(stdout).toContain("'(-o --out)'{-o,--out}'[");
});

it('fish completes every command and its options, with quoted descriptions', async () => {
  const { exitCode, stdout } = await folder.run('completion fish');

  expect(exitCode).toBe(0);
  expect(stdout).toContain("complete -c portcullis -n '__fish_use_subcommand' -f -a plan -d 'show how");
  expect(stdout).toContain("complete -c portcullis -n '__fish_seen_subcommand_from plan' -s o -l out -r -F -d 'write to this file");
  expect(stdout).toContain("-d 'do not search CloudTrail\\'s event history");
});
