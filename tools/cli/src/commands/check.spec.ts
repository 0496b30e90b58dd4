import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVALID, VALID } from '../testing/baselines.js';
import { runIn, temporaryFolder } from '../testing/run-command.js';

const folder = temporaryFolder();
const write = (name: string, content: string | Buffer): void => {
  writeFileSync(join(folder.path, name), content);
};

it('says in one line that a file is valid, and how much it declares', async () => {
  write('baseline.yaml', VALID);

  expect(await runIn(folder.path, ['check', 'baseline.yaml'])).toEqual({
    exitCode: 0,
    stdout: 'baseline.yaml: 2 baselines, 3 groups, 3 rules: valid\n',
    stderr: '',
  });
});

it('counts one of each as one', async () => {
  write('one.json', '{"version":1,"baselines":[{"name":"a","groups":{"ids":["sg-abc12345"]},"ingress":[]}]}');

  expect((await runIn(folder.path, ['check', 'one.json'])).stdout).toBe('one.json: 1 baseline, 1 group, 0 rules: valid\n');
});

it('does not count the groups that only EC2 can tell', async () => {
  const [tagged, named] = [
    '{"name":"a","groups":{"tags":{"Tier":"web"}},"ingress":[]}',
    '{"name":"b","groups":{"ids":["sg-abc12345"],"names":["db-*"]},"ingress":[]}',
  ];
  write('one.json', `{"version":1,"baselines":[${tagged}]}`);
  write('two.json', `{"version":1,"baselines":[${tagged},${named}]}`);

  expect((await runIn(folder.path, ['check', 'one.json'])).stdout).toBe(
    'one.json: 1 baseline, 0 groups and those that 1 baseline selects, 0 rules: valid\n',
  );
  expect((await runIn(folder.path, ['check', 'two.json'])).stdout).toBe(
    'two.json: 2 baselines, 1 group and those that 2 baselines select, 0 rules: valid, 1 warning\n',
  );
});

it('shows every problem of a file on stderr, aligned, with its line and what is meant in it', async () => {
  write('baseline.yaml', INVALID);

  const { exitCode, stdout, stderr } = await runIn(folder.path, ['check', 'baseline.yaml']);

  expect(stderr).toBe(
    [
      'baseline.yaml:4:21  bad-value   `ids[0]` cannot be `sg-ABC12345`; expected the id of a security group: `sg-` and 8 or 17 lower-case hexadecimal digits',
      '  4 |     groups: { ids: [sg-ABC12345] }',
      '    |                     ^^^^^^^^^^^',
      'baseline.yaml:6:23  wrong-type  `IpProtocol` is a number; expected `"-1"`, in quotes',
      '  6 |       - { IpProtocol: -1, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }',
      '    |                       ^^',
      'baseline.yaml: 2 problems',
      '',
    ].join('\n'),
  );
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

it('calls the file as the user does', async () => {
  mkdirSync(join(folder.path, 'baselines'));
  write('baselines/web.yaml', 'version: 1');

  const { stderr } = await runIn(join(folder.path, 'baselines'), ['check', '../baselines/web.yaml']);

  expect(stderr).toContain('../baselines/web.yaml:1:1  missing-key  ');
});

describe('colour', () => {
  it.each([
    ['a terminal', { isTTY: true }, true],
    ['a terminal of a person who wants none', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a terminal with NO_COLOR set to nothing', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['a terminal that has none', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['a pipe', { isTTY: false }, false],
  ])('for %s: %j is %s', async (_, io, coloured) => {
    write('baseline.yaml', INVALID);

    const { stderr } = await runIn(folder.path, ['check', 'baseline.yaml'], io);

    expect(stderr.includes('\u001b[')).toBe(coloured);
  });
});

describe('a file that cannot be read is told in one line', () => {
  const told = async (name: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await runIn(folder.path, ['check', name]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    return stderr;
  };

  it('when there is none', async () => {
    expect(await told('absent.yaml')).toBe('portcullis: cannot read `absent.yaml`: no such file or directory\n');
  });

  it('when it is a directory', async () => {
    mkdirSync(join(folder.path, 'baselines'));

    expect(await told('baselines')).toBe('portcullis: cannot read `baselines`: it is a directory\n');
  });

  it('when it is in a file', async () => {
    write('baseline.yaml', VALID);

    expect(await told('baseline.yaml/x')).toBe('portcullis: cannot read `baseline.yaml/x`: not a directory\n');
  });

  it('when it is not UTF-8', async () => {
    write('latin1.yaml', Buffer.from('# Zürich\nversion: 1\n', 'latin1'));

    expect(await told('latin1.yaml')).toBe('portcullis: cannot read `latin1.yaml`: it is not UTF-8 text\n');
  });

  it('when it is huge, having read no more than needed to tell', async () => {
    write('huge.yaml', Buffer.alloc(1024 * 1024 + 1));

    expect(await told('huge.yaml')).toBe('portcullis: cannot read `huge.yaml`: it is larger than 1048576 bytes\n');
  });

  it('when it is a device, or a pipe that nobody writes into', async () => {
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);

    expect(await told('pipe')).toBe('portcullis: cannot read `pipe`: it is not a regular file\n');
    expect(await told('/dev/zero')).toBe('portcullis: cannot read `/dev/zero`: it is not a regular file\n');
  });

  // Root may read everything.
  (process.getuid?.() === 0 ? it.skip : it)('when it may not be read', async () => {
    write('secret.yaml', VALID);
    chmodSync(join(folder.path, 'secret.yaml'), 0);

    expect(await told('secret.yaml')).toBe('portcullis: cannot read `secret.yaml`: permission denied\n');
  });
});

it('writes nothing to stderr that a terminal would obey, whatever the file holds', async () => {
  write('baseline.yaml', 'version: "\u202e\u2066"\nbaselines: "\\x9b\\e[2J"\n"\\u202e\\x9b": 1\n');

  const { exitCode, stderr } = await runIn(folder.path, ['check', 'baseline.yaml']);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('\uFFFD');
  expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
});

it('takes a file that begins with a byte order mark', async () => {
  write('baseline.yaml', `\uFEFF${VALID}`);

  expect((await runIn(folder.path, ['check', 'baseline.yaml'])).exitCode).toBe(0);
});

it('tells an empty file', async () => {
  write('baseline.yaml', '');

  expect((await runIn(folder.path, ['check', 'baseline.yaml'])).stderr).toBe(
    'baseline.yaml:1:1  empty-file  the file is empty; expected an object with `version` and `baselines`\nbaseline.yaml: 1 problem\n',
  );
});

it('notes when the next permit ends, and that a deployment then evaluates every group once a day, without counting that as a warning', async () => {
  const permit = (until: string): string =>
    `{ permission: { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.${until.slice(-2)}.0.0/16 }] }, until: ${until} }`;
  write(
    'ending.yaml',
    `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress: []
    permit: [${permit('2027-01-31')}, ${permit('2026-12-30')}]
`,
  );

  expect(await runIn(folder.path, ['check', '--strict', 'ending.yaml'])).toEqual({
    exitCode: 0,
    stdout: 'ending.yaml: 1 baseline, 1 group, 0 rules: valid\n',
    stderr:
      'ending.yaml: note: the next permit ends on 2026-12-30; unless the settings have a `schedule`, a deployment evaluates every group once a day to revoke what it permitted\n',
  });
});

describe('what is valid but risky', () => {
  const UNWISE = `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress:
      - { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
    permit:
      - permission: { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
        until: 2026-11-22
`;

  it('is told with its place, and the file is valid', async () => {
    writeFileSync(join(folder.path, 'unwise.yaml'), UNWISE);

    const { exitCode, stdout, stderr } = await runIn(folder.path, ['check', 'unwise.yaml']);

    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'unwise.yaml: 1 baseline, 1 group, 1 rule: valid, 2 warnings\n',
    });
    expect(stderr)
      .toBe(`unwise.yaml:6:65  exposed-service  \`tcp/22 from 0.0.0.0/0\` lets the world reach SSH (tcp/22); expected the addresses or the security groups of those who need it
  6 |       - { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
    |                                                                 ^^^^^^^^^^^^^^^^^^^^^
unwise.yaml:9:16  expired-permit   the permit ended on 2026-11-22: what it permitted is now drift, and is revoked; expected a day in the future, or no such permit
  9 |         until: 2026-11-22
    |                ^^^^^^^^^^
unwise.yaml: 2 warnings
`);
  });

  it('is an error where that is asked for', async () => {
    writeFileSync(join(folder.path, 'unwise.yaml'), UNWISE);

    expect(await runIn(folder.path, ['check', '--strict', 'unwise.yaml'])).toMatchObject({ exitCode: 1 });
  });
});
