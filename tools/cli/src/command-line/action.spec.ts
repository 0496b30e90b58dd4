/** Runs the scripts of the GitHub Action and of the pre-commit hook. Stub programs replace npm, portcullis, gh and npx. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import type { Io } from './io.js';
import { createCommandLine } from './program.js';
import { testFolder } from '../testing/run-command.js';

const ROOT = join(__dirname, '..', '..', '..', '..');
const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { readonly version: string };

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

const folder = testFolder();

/** The results of the stub programs, and the event that starts the workflow. */
interface Given {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly exitCode?: 0 | 1 | 2;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The ids of the comments that the action wrote before. */
  readonly comments?: string;
  readonly mayComment?: boolean;
  readonly event?: 'pull_request' | 'push';
}

interface Ran {
  /** The exit code of the first step that failed; 0 if no step failed. */
  readonly exitCode: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The command lines of the calls of the stub programs. */
  readonly calls: readonly (readonly string[])[];
  readonly uploaded?: Readonly<Record<string, string>>;
}

/** Writes a stub program that records its command line and then runs the script. */
function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/bash\nprintf '%s\\0' "$(basename "$0")" "$@" >> "$CALLS"; printf '\\x1e' >> "$CALLS"\n${script}`);
  chmodSync(path, 0o755);
}

/** Runs the steps of the action in order. Like the runner of GitHub, stops after a step that fails. */
function runAction({
  inputs = {},
  exitCode = 0,
  stdout = '',
  stderr = '',
  comments = '',
  mayComment = true,
  event = 'pull_request',
}: Given): Ran {
  const bin = folder.pathOf('bin');
  mkdirSync(bin);
  program(join(bin, 'gh'), `[ "$MAY_COMMENT" = true ] || exit 1\ncase "$*" in *--paginate*) printf '%s' "$COMMENTS" ;; esac`);
  program(join(bin, 'npm'), `mkdir -p node_modules/.bin && cp '${join(bin, 'portcullis')}' node_modules/.bin/`);
  program(
    join(bin, 'portcullis'),
    `for each; do case "$each" in --out=*) [ "$EXIT" = 1 ] || echo '{}' > "\${each#--out=}" ;; esac; done
printf '%s' "$STDOUT"; printf '%s' "$STDERR" >&2; exit "$EXIT"`,
  );
  const values: Record<string, string> = {
    'github.token': 'the token',
    'github.event_name': event,
    'github.event.pull_request.number': '7',
  };
  for (const [name, input] of Object.entries(action.inputs)) values[`inputs.${name}`] = inputs[name] ?? input.default;
  const valueOf = (expression: string): string => values[expression.trim()] ?? '';
  const filled = (texts: Readonly<Record<string, string>> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => valueOf(expression))]),
    );
  const holds = (condition = ''): boolean =>
    condition.split(' && ').every((each) => {
      const [, left = '', equal, right] = /^(.+) ([!=])= '(.*)'$/.exec(each) ?? [];
      return each === '' || (valueOf(left) === right) === (equal === '=');
    });

  const [outputs, summary, callsFile] = ['outputs', 'summary', 'calls'].map((name) => folder.pathOf(name)) as [string, string, string];
  for (const file of [outputs, summary, callsFile]) writeFileSync(file, '');
  const ran = { exitCode: 0, log: '', uploaded: undefined as Record<string, string> | undefined };
  for (const step of action.runs.steps) {
    if (ran.exitCode !== 0 || !holds(step.if)) continue;
    if (step.run === undefined) {
      ran.uploaded = filled(step.with);
      continue;
    }
    const { status, stdout: printed } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: folder.path,
      encoding: 'utf8',
      env: {
        PATH: [bin, process.env.PATH].join(delimiter),
        ...{
          CALLS: callsFile,
          STDOUT: stdout,
          STDERR: stderr,
          EXIT: String(exitCode),
          COMMENTS: comments,
          MAY_COMMENT: String(mayComment),
        },
        ...{ GITHUB_ACTION_PATH: ROOT, RUNNER_TEMP: folder.path, GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary },
        ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/network', GITHUB_RUN_ID: '42' },
        ...filled(step.env),
      },
    });
    ran.log += printed;
    ran.exitCode = status ?? -1;
    for (const [, key = '', value = ''] of readFileSync(outputs, 'utf8').matchAll(/^(.+?)=(.*)$/gm))
      values[`steps.${step.id ?? ''}.outputs.${key}`] ??= value;
  }
  return {
    ...ran,
    summary: readFileSync(summary, 'utf8'),
    outputs: filled(Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, value]))),
    calls: readFileSync(callsFile, 'utf8')
      .split('\x1e')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1)),
  };
}

/** Returns the arguments of the only call of a stub program. */
function argumentsOf(name: string, { calls }: Ran): readonly string[] {
  const found = calls.filter(([program]) => program === name);
  expect(found).toHaveLength(1);
  return (found[0] ?? []).slice(1).map((each) => each.replace(/\/portcullis\.\w{6}\b/, '/SCRATCH').replace(folder.path, 'TEMP'));
}

const DRIFT: Given = { exitCode: 2, stdout: 'sg-1 (web)\n  - ingress tcp/22 from 0.0.0.0/0\n', stderr: 'baseline.yaml: note: …\n' };

it('the action installs its own version of the CLI outside the checkout, and compares the groups with the baseline', () => {
  const ran = runAction({ inputs: { baseline: 'infra/baseline.yaml', regions: 'eu-west-1, us-east-1' } });

  expect(argumentsOf('npm', ran)).toEqual(
    `install --prefix TEMP/SCRATCH --ignore-scripts --no-audit --no-fund --loglevel=error @portcullis/cli@${version}`.split(' '),
  );
  expect(argumentsOf('portcullis', ran)).toEqual([
    ...['plan', '--baseline=infra/baseline.yaml', '--sarif', '--out=TEMP/SCRATCH/portcullis.sarif', '--regions=eu-west-1, us-east-1'],
  ]);
  expect(ran).toMatchObject({ exitCode: 0, outputs: { 'exit-code': '0' } });
});

it.each<[Readonly<Record<string, string>>, readonly string[]]>([
  [{ command: 'check' }, ['check']],
  [{ command: 'check', 'fail-on': 'warning', baseline: 'b.yaml' }, ['check', '--baseline=b.yaml', '--strict']],
  [{ command: 'plan', 'fail-on': 'never' }, ['plan', '--sarif', '--out=TEMP/SCRATCH/portcullis.sarif']],
  [{ command: 'survey' }, ['survey', '--sarif', '--out=TEMP/SCRATCH/portcullis.sarif']],
  [{ command: 'survey', 'fail-on': 'critical' }, ['survey', '--sarif', '--out=TEMP/SCRATCH/portcullis.sarif', '--fail-on=critical']],
])('with the inputs %j, the action calls `portcullis` with the arguments %j', (inputs, expected) => {
  const called = argumentsOf('portcullis', runAction({ inputs }));

  expect(called).toEqual(expected);
  const output = {
    write: (text: string) => {
      expect(text).toBe('');
    },
  };
  const io = { stdout: output, stderr: output, command: 'portcullis', version: '1' } as unknown as Io;
  expect(() => createCommandLine(io, () => () => Promise.resolve()).parse(called, { from: 'user' })).not.toThrow();
});

it('the action reports drift in the summary and in a comment, uploads SARIF, and fails', () => {
  const ran = runAction(DRIFT);
  const { report = '', sarif = '' } = ran.outputs;

  expect(ran.summary).toBe(`<!-- portcullis:plan -->
### Portcullis plan: drift

    sg-1 (web)
      - ingress tcp/22 from 0.0.0.0/0
    baseline.yaml: note: …

[Log of the job](https://github.com/acme/network/actions/runs/42)
`);
  expect(readFileSync(report, 'utf8')).toBe(ran.summary);
  expect(ran.uploaded).toEqual({ sarif_file: sarif, category: 'portcullis/plan' });
  expect(existsSync(sarif)).toBe(true);
  expect(ran.calls.filter(([name]) => name === 'gh').map((call) => call.slice(1))).toEqual([
    [
      'api',
      '--paginate',
      'repos/acme/network/issues/7/comments?per_page=100',
      '--jq',
      // Ignores comments by other users, even if they start with the marker of the action.
      '.[] | select(.user.login == "github-actions[bot]") | select(.body | startswith("<!-- portcullis:plan -->")) | .id',
    ],
    ['api', '--silent', '--method', 'POST', 'repos/acme/network/issues/7/comments', '-F', `body=@${report}`],
  ]);
  expect(ran.exitCode).toBe(2);
  expect(ran.log).toMatch(/\n::error title=Portcullis::drift\. /);
});

it('the action updates its first comment, even when the drift is gone', () => {
  const { calls, exitCode } = runAction({ comments: '100\n200\n', inputs: { name: 'prod' } });

  expect(calls.at(-2)?.at(-1)).toContain('"<!-- portcullis:prod -->"');
  expect(calls.at(-1)).toEqual(expect.arrayContaining(['PATCH', 'repos/acme/network/issues/comments/100']));
  expect(exitCode).toBe(0);
});

it('the action writes no comment if the command finds nothing', () => {
  expect(runAction({}).calls.flat()).not.toContain('POST');
});

it.each<[string, Given]>([
  ['outside a pull request', { ...DRIFT, event: 'push' }],
  ['if the input `comment` is false', { ...DRIFT, inputs: { comment: 'false', 'upload-sarif': 'false' } }],
])('the action does not call gh %s', (_when, given) => {
  const ran = runAction(given);

  expect(ran.calls.map(([name]) => name)).toEqual(['npm', 'portcullis']);
  expect(ran.uploaded === undefined).toBe(given.inputs !== undefined);
});

it('the action only warns if it is not allowed to comment', () => {
  const { log, exitCode } = runAction({ ...DRIFT, mayComment: false });

  expect(log).toContain('::warning title=Portcullis::The comment was not written: it needs the permission `pull-requests: write`.\n');
  expect(exitCode).toBe(2);
});

it('with `fail-on: never`, the action passes even if there is drift', () => {
  expect(runAction({ ...DRIFT, inputs: { 'fail-on': 'never' } }).exitCode).toBe(0);
});

it('if the command fails, the action fails, reports the reason, and uploads nothing', () => {
  const ran = runAction({ exitCode: 1, stderr: 'portcullis: no region is set\n', inputs: { 'fail-on': 'never' } });

  expect(ran.exitCode).toBe(1);
  expect(ran.summary).toContain('### Portcullis plan: failed\n\n    portcullis: no region is set\n');
  expect(ran.uploaded).toBeUndefined();
});

it.each<[string, Readonly<Record<string, string>>]>([
  ['a command', { command: 'apply' }],
  ['a severity of another command', { command: 'plan', 'fail-on': 'high' }],
  ['a name that would end its marker', { name: 'a --> b' }],
  ['a version that names another package', { version: '1.0.0 evil' }],
  ['a range of versions', { version: 'latest' }],
  ['a command to the runner', { command: 'x\n::add-path::/tmp/evil' }],
])('the action refuses %s in one line, before it installs anything', (_what, inputs) => {
  const { exitCode, log, calls } = runAction({ inputs });

  expect({ exitCode, calls }).toEqual({ exitCode: 1, calls: [] });
  expect(log).toMatch(/^::error title=Portcullis::invalid [^\n]*\n$/);
});

it('the action never executes text from an input or from the output of the command', () => {
  const evil = '$(touch hacked); `touch hacked`\n::add-path::/evil\n';
  const ran = runAction({ inputs: { baseline: evil, regions: evil }, exitCode: 2, stdout: `${evil}</code></pre>\n# heading\r\n@everyone` });

  expect(readdirSync(folder.path)).not.toContain('hacked');
  expect(ran.calls.at(1)).toEqual(expect.arrayContaining([`--baseline=${evil}`, `--regions=${evil}`]));
  // The runner ignores workflow commands between `::stop-commands::TOKEN` and `::TOKEN::`.
  expect(ran.log).toMatch(/^::stop-commands::([0-9a-f]{32})\n[^]*\n::add-path::\/evil\n[^]*\n::\1::\n::error/);
  // Each line of the command's output is indented, because Markdown shows indented lines as code.
  const [, , ...lines] = ran.summary.split('\n');
  expect(lines.slice(1, lines.indexOf('', 1)).filter((line) => !line.startsWith('    '))).toEqual([]);
});

it('the action shortens a report that is too long for a comment', () => {
  const { summary } = runAction({ ...DRIFT, stdout: `${'x'.repeat(99)}\n`.repeat(1000) });

  expect(summary.length).toBeLessThan(65_536);
  expect(summary).toContain('x\n    … the log of the job has the rest\n');
});

it('the pre-commit hook checks each file with its own version of the CLI, and fails if a file is invalid', () => {
  const [hook] = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as [{ readonly entry: string; readonly files: string }];
  const calls = folder.pathOf('calls');
  program(folder.pathOf('npx'), 'case "$*" in *bad*) exit 1 ;; esac');

  const statusOf = (...files: readonly string[]): number | null =>
    spawnSync(join(ROOT, hook.entry), files, { env: { PATH: [folder.path, process.env.PATH].join(delimiter), CALLS: calls } }).status;

  expect(statusOf('bad one.yaml', 'two.yaml')).toBe(1);
  expect(readFileSync(calls, 'utf8')).toBe(
    ['bad one.yaml', 'two.yaml'].map((file) => `npx\0--yes\0@portcullis/cli@${version}\0check\0--baseline=${file}\0\x1e`).join(''),
  );
  expect(statusOf('two.yaml')).toBe(0);
  expect(['baseline.yaml', 'infra/baseline.yml', 'my-baseline.yaml'].map((path) => new RegExp(hook.files).test(path))).toEqual([
    ...[true, true, false],
  ]);
});

describe('the YAML files of the workflows and of the action', () => {
  const workflows = readdirSync(join(ROOT, '.github', 'workflows')).map((name) => join('.github', 'workflows', name));
  const read = (name: string): [string, string] => [name, readFileSync(join(ROOT, name), 'utf8')];
  const files = ['action.yml', ...workflows].map(read);

  it.each([...files, read('docs/ci.md')])('%s pins every used action by commit, with the version as a comment', (_name, text) => {
    const used = [...text.matchAll(/^.*\buses:(.*)$/gm)].map(([, what = '']) => what.trim());

    expect(
      used.filter((what) => !what.startsWith('portcullis-guard/')).filter((what) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)),
    ).toEqual([]);
  });

  it.each(files)('%s has no GitHub expression inside a script', (_name, text) => {
    const scripts: string[] = [];
    const collect = (value: unknown, key?: string): void => {
      if (key === 'run' && typeof value === 'string') scripts.push(value);
      else if (typeof value === 'object' && value !== null) for (const [name, each] of Object.entries(value)) collect(each, name);
    };
    collect(parse(text));

    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});
