import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runIn, temporaryFolder } from '../testing/run-command.js';

const folder = temporaryFolder();

/** What bash would offer for the last of these words. */
const offered = async (...words: string[]): Promise<string[]> => {
  const { stdout: script } = await runIn(folder.path, ['completion', 'bash']);
  writeFileSync(join(folder.path, 'script'), script);
  const list = words.map((word) => `'${word}'`).join(' ');
  const program = `source ./script; rm script; COMP_WORDS=(portcullis ${list}); COMP_CWORD=${words.length}; _portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { cwd: folder.path, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
};

describe('bash completes', () => {
  it('commands', async () => {
    expect(await offered('a')).toEqual(['apply', 'adopt']);
    expect(await offered('')).toEqual(expect.arrayContaining(['check', 'compile', 'plan', 'explain', 'report']));
  });

  it('the options of the command, wherever the cursor is', async () => {
    expect(await offered('plan', '--h')).toEqual(['--html', '--help']);
    expect(await offered('report', 'baseline.yaml', '--res')).toEqual(['--resume', '--restart']);
    expect(await offered('check', '--html')).toEqual([]);
  });

  it('files where a file is meant, and what an option may be', async () => {
    writeFileSync(join(folder.path, 'baseline.yaml'), '');

    expect(await offered('check', 'base')).toEqual(['baseline.yaml']);
    expect(await offered('plan', '--out', 'base')).toEqual(['baseline.yaml']);
    expect(await offered('adopt', '--mode', '')).toEqual(['enforce', 'report']);
    expect(await offered('plan', '--region', 'base')).toEqual([]);
    expect(await offered('completion', 'z')).toEqual(['zsh']);
  });
});

it('zsh is told of every command, with what it does', async () => {
  const { exitCode, stdout } = await runIn(folder.path, ['completion', 'zsh']);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^#compdef portcullis\n/);
  for (const command of ['check', 'compile', 'plan', 'apply', 'adopt', 'explain', 'report', 'preflight', 'drill', 'completion'])
    expect(stdout).toMatch(new RegExp(`^ {4}${command}\\) _arguments `, 'm'));
  expect(stdout).toContain("'(-o --out)'{-o,--out}'[");
});

it('says which shells there are', async () => {
  expect(await runIn(folder.path, ['completion', 'fish'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: command-argument value `fish` is invalid for argument `shell`. Allowed choices are bash, zsh.\n',
  });
});
