import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import type { Finding } from '@portcullis/finding';
import { permissions } from '@portcullis/security-groups/testing';
import { accessDenied, addGroup, callBy, DB, OLD, openerOf, region, WEB } from '../testing/account-region.js';
import { noAdmin } from '../testing/baselines.js';
import { CALL_EVENT, iamUserActor, webFinding } from '../testing/finding.js';
import { failure, runIn, testFolder, type Ran } from '../testing/run-command.js';

const FILE = `# Ask ana.
version: 1
baselines:
  - name: web   # the shop
    groups: { ids: [${WEB}] }
    ingress:
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] } # everybody
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
    permit:
      - permission: { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
        until: 2026-01-31
        reason: a trial
`;
const folder = testFolder({ 'baseline.yaml': FILE });

const TERMS = ['--reason', 'CHG-1 night shift', '--until', '2027-01-31'];
const CALLS = [callBy({ user: 'ana', groupId: WEB, rule: 2, port: 22, day: '20' })];

/** The detector's finding: somebody opened SSH, and the declared rule for tcp/80 is missing. */
const FINDING = webFinding({
  authorize: permissions('tcp 80 from 10.0.0.0/8'),
  actor: iamUserActor('mallory'),
  event: CALL_EVENT,
});

/** @param words the arguments as a list, because the text of `--reason` contains spaces */
function accept(words: readonly string[], ec2 = live(), account: Parameters<typeof openerOf>[1] = { calls: CALLS }): Promise<Ran> {
  return runIn(folder.path, ['accept', ...words], { openAccountRegion: openerOf(ec2, account) });
}

/** SSH is open, and the declared rule for tcp/80 is missing. */
const live = () => region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'] });

const PERMIT = `      # opened 2026-11-20 11:00:00 UTC by user ana from 198.51.100.7 with the AWS CLI (unverified), without MFA
      - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }
        until: 2027-01-31
        reason: CHG-1 night shift
`;
const TCP_80 = '      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }\n';

it('`accept` writes permits for the undeclared rules of a group, and removes the missing rules from the baseline', async () => {
  const ec2 = live();

  const ran = await accept([WEB, ...TERMS], ec2);

  expect(folder.read('baseline.yaml')).toBe(FILE.replace(TCP_80, '') + PERMIT);
  expect(ran).toEqual({
    exitCode: 0,
    stdout: `--- a/baseline.yaml
+++ b/baseline.yaml
@@ -5,8 +5,11 @@
     groups: { ids: [${WEB}] }
     ingress:
       - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] } # everybody
-${TCP_80}     permit:
       - permission: { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
         until: 2026-01-31
         reason: a trial
${PERMIT.replace(/^/gm, '+').slice(0, -1)}`,
    stderr: `portcullis: the accepted rules open SSH (tcp/22) to the internet until 2027-01-31
accepted ${WEB} (web) in vpc-1 in baseline web of baseline.yaml: 1 rule permitted until 2027-01-31, 1 missing rule no longer declared
`,
  });
  expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
  expect(await accept([WEB, ...TERMS], ec2)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `nothing to accept: ${WEB} (web) in vpc-1 has not drifted from its baseline web\n`,
  });
});

it('`accept --dry-run` prints a diff that `git apply` accepts, and writes nothing', async () => {
  const { stdout, stderr } = await accept([WEB, ...TERMS, '--dry-run']);

  expect(folder.read('baseline.yaml')).toBe(FILE);
  expect(stderr).toMatch(/would accept .* of baseline.yaml: 1 rule permitted until 2027-01-31, .*; nothing was written\n$/);
  expect(spawnSync('git', ['apply', '-'], { cwd: folder.path, input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  copyFileSync(folder.pathOf('baseline.yaml'), folder.pathOf('applied.yaml'));
  folder.write('baseline.yaml', FILE);
  await accept([WEB, ...TERMS]);
  expect(folder.read('applied.yaml')).toBe(folder.read('baseline.yaml'));
});

it('`accept --forever` declares the undeclared rules, with the reason as a comment', async () => {
  await accept([WEB, '--forever', '--reason', 'CHG-1', '--no-who']);

  expect(folder.read('baseline.yaml')).toBe(
    FILE.replace(
      TCP_80,
      '      # accepted: CHG-1\n      - { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }\n',
    ),
  );
});

it('`accept` replaces an expired permit', async () => {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 80 from 10.0.0.0/8', 'tcp 8080 from 10.0.0.0/8'] });

  await accept([WEB, ...TERMS], ec2);

  expect(folder.read('baseline.yaml')).toContain('    permit:\n      - permission: { IpProtocol: tcp, FromPort: 8080,');
  expect(folder.read('baseline.yaml')).not.toContain('2026-01-31');
  expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
});

it('`accept` turns a proposed permit of `adopt` into a permit, and keeps the other proposed permits', async () => {
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'] });
  addGroup(ec2, DB, ['tcp 5432 from 0.0.0.0/0']);
  await folder.run('adopt --all --force --no-who', ec2);

  await accept([WEB, ...TERMS, '--no-who'], ec2);

  const text = folder.read('baseline.yaml');
  expect(text.match(/^ +(# +)?- permission: .*/gm)).toEqual([
    '    #   - permission: { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }',
    '      - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }',
  ]);
  expect((await folder.run('plan', ec2)).stdout).toContain('0 to authorize, 1 to revoke, in 1 of 2');
});

it.each<[string, Finding, boolean]>([
  ['drift', FINDING, true],
  [
    'a restoration, so that the guard does not repeat the restoration',
    { ...FINDING, kind: 'restoration', atBaseline: true, actor: null },
    false,
  ],
  ['drift from a baseline that was renamed after the finding', { ...FINDING, baseline: 'shop' }, true],
])('`accept` reads the rules from a finding of %s, and does not call AWS', async (_what, finding, hasActor) => {
  folder.write('finding.json', JSON.stringify({ detail: finding }));

  const { exitCode, stderr } = await runIn(folder.path, ['accept', 'finding.json', ...TERMS]);

  expect(stderr).toContain('of baseline.yaml: 1 rule permitted until 2027-01-31, 1 missing rule no longer declared');
  expect(exitCode).toBe(0);
  const comment = '      # changed 2026-11-22 11:00:00 UTC by user mallory from 198.51.100.7, without MFA\n';
  expect(folder.read('baseline.yaml')).toBe(FILE.replace(TCP_80, '') + PERMIT.replace(/.*\n/, hasActor ? comment : ''));
  expect(await folder.run('plan', live())).toMatchObject({ exitCode: 0 });
});

it('`accept` warns that its change applies to every group that the baseline selects', async () => {
  folder.write('baseline.yaml', FILE.replace(WEB, `${WEB}, ${DB}`));

  expect((await accept([WEB, ...TERMS])).stderr).toContain(
    `the change of baseline web applies to every group that the baseline selects, not only to ${WEB}\n`,
  );
});

it('`accept` warns if CloudTrail denies the lookup, and writes permits that do not name the caller', async () => {
  const { exitCode, stderr } = await accept([WEB, ...TERMS], live(), { calls: accessDenied });

  expect(stderr).toMatch(/^portcullis: cannot tell who opened the rules: /);
  expect(exitCode).toBe(0);
  expect(folder.read('baseline.yaml')).toContain('reason: CHG-1 night shift');
});

it.each<[string, string[], string[]]>([
  ['no end', [WEB, '--reason', 'x'], ['no end date; expected `--until` with the last day, or `--forever` to declare the rules']],
  ['two ends', [WEB, ...TERMS, '--forever'], ['`--until` and `--forever` cannot be combined; expected one of them']],
  [
    'a day that does not exist',
    [WEB, '--reason', 'x', '--until', '2027-02-30'],
    ['invalid `--until 2027-02-30`; expected a day as `YYYY-MM-DD`'],
  ],
  ['a past day', [WEB, '--reason', 'x', '--until', '2026-11-22'], ['`--until 2026-11-22` is in the past; expected today or a later day']],
  [
    'several mistakes at once',
    [WEB, '--reason', ''],
    [
      'invalid `--reason`; expected one line of at most 256 characters',
      'no end date; expected `--until` with the last day, or `--forever` to declare the rules',
    ],
  ],
  ['a group that does not exist', [OLD, ...TERMS], [`${OLD} not found in eu-west-1; expected the id of a group that this account owns`]],
  [
    'a group that no baseline selects',
    [DB, ...TERMS],
    [`no baseline in the file selects ${DB} (db) in vpc-1; \`portcullis adopt --merge\` adds one`],
  ],
])('`accept` refuses %s and writes nothing', async (_what, words, messages) => {
  const ec2 = live();
  addGroup(ec2, DB, []);

  expect(await accept(words, ec2)).toEqual(failure(...messages));
  expect(folder.read('baseline.yaml')).toBe(FILE);
});

it.each<[string, Partial<Finding>, string]>([
  [
    'was too large',
    { omitted: ['revoke'] },
    `was too large to include its rules; expected the finding from the function's log, or \`portcullis accept ${WEB}\``,
  ],
  [
    'reports a refused attempt',
    { kind: 'attempt' },
    'is of kind `attempt`, which does not describe the rules of a group; expected `drift`, `change` or `restoration`',
  ],
  ['names no group', { group: { ...FINDING.group, id: null } }, 'does not name a group'],
])('`accept` writes nothing and refuses a finding that %s', async (_what, changed, message) => {
  folder.write('f', JSON.stringify({ ...FINDING, ...changed }));

  expect(await accept(['f', ...TERMS])).toEqual(failure(`finding \`e-1:${WEB}\` ${message}`));
  expect(folder.read('baseline.yaml')).toBe(FILE);
});

it('`accept` requires a reason', async () => {
  expect(await accept([WEB, '--forever'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--reason') as string });
});

describe('`accept` with limits', () => {
  const withLimit = (groups: string) => `${FILE}${noAdmin().replace('all: true', groups)}`;

  it.each([
    ['live rule', WEB],
    ['rule in a finding', 'finding.json'],
  ])('`accept` refuses a %s if a limit forbids the rule', async (_, what) => {
    folder.write('finding.json', JSON.stringify(FINDING));
    folder.write('baseline.yaml', withLimit('names: [web]'));

    expect(await accept([what, ...TERMS])).toEqual(
      failure(
        'limit no-admin forbids ingress tcp/22 from 0.0.0.0/0, so a baseline cannot allow the rule; expected a `permit` or an `except` in the limit',
      ),
    );
  });

  it('`accept` accepts a rule that the limits allow, and keeps the limits in the file', async () => {
    folder.write('baseline.yaml', withLimit('names: [web]'));

    const ran = await accept([WEB, ...TERMS], region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.1.0.0/16'] }));

    expect(ran.exitCode).toBe(0);
    expect(folder.read('baseline.yaml').endsWith(noAdmin().replace('all: true', 'names: [web]'))).toBe(true);
  });

  it('`accept` refuses a group that no baseline selects, even if limits select the group', async () => {
    folder.write('baseline.yaml', withLimit('all: true').replace(WEB, OLD));

    expect(await accept([WEB, ...TERMS])).toEqual(
      failure(`no baseline selects ${WEB} (web) in vpc-1, only limits do (no-admin); expected a \`permit\` or an \`except\` in the limit`),
    );
  });
});
