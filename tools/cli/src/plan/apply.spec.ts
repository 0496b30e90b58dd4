import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import { DB, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS, tcp } from '../testing/baselines.js';
import { failure, interruptOn, person, testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]) });

/** Adds a baseline `db` without rules to the baseline file. */
const declareDb = (more = ''): void => {
  folder.write('baseline.yaml', baselineFile([HTTPS], `  - { name: db, groups: { ids: [${DB}] }, ${more}ingress: [] }\n`));
};
const drifted = (): SimulatedEc2 => region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] });
const bothDrifted = (): SimulatedEc2 => region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: ['tcp 1 from 10.0.0.0/8'] });
const DECLARED = ['tcp/443 from 0.0.0.0/0'];

it('`apply` shows the plan, asks for confirmation, and restores each group, authorizing rules before it revokes any', async () => {
  const ec2 = drifted();
  const { ask, asked } = person('yes');

  const { exitCode, stdout, stderr } = await folder.run('apply', ec2, { ask });

  expect(asked).toEqual(['\nRevoke 1 and authorize 1 rule in 1 group of account 111122223333, eu-west-1? Only `yes` confirms: ']);
  expect(stdout).toMatch(
    /^sg-0000000a \(web\) in vpc-1 {2}baseline web {2}critical\n[^]*\nPlan for account 111122223333, eu-west-1: 1 to authorize, 1 to revoke/,
  );
  expect(stdout).toMatch(/\ndone sg-0000000a \(web\) in vpc-1: revoked tcp\/22 from 0.0.0.0\/0; authorized tcp\/443 from 0.0.0.0\/0\n/);
  expect(stdout).toMatch(
    /\n\nDone in account 111122223333, eu-west-1: 1 of 1 group restored; 1 rule revoked, 1 authorized.\nConnections already open through a revoked rule may live on.\n$/,
  );
  expect({ exitCode, stderr, state: ec2.state }).toEqual({ exitCode: 0, stderr: '', state: DECLARED });
  expect(writesOf(ec2)).toEqual(['authorize tcp/443 from 0.0.0.0/0', 'revoke tcp/22 from 0.0.0.0/0']);
});

it.each(['', 'y', 'YES', 'no'])('`apply` changes nothing if the answer to its question is `%s`', async (answer) => {
  const ec2 = drifted();

  expect(await folder.run('apply', ec2, person(answer))).toMatchObject({ exitCode: 1, stderr: 'portcullis: nothing was changed\n' });
  expect(writesOf(ec2)).toEqual([]);
});

it('`apply --yes` does not ask, and `apply` without a terminal changes nothing', async () => {
  const ec2 = drifted();

  expect(await folder.run('apply', ec2)).toMatchObject({
    exitCode: 1,
    stderr: 'portcullis: there is no terminal to ask for confirmation; expected `--yes`. Nothing was changed\n',
  });
  expect(writesOf(ec2)).toEqual([]);
  expect(await folder.run('apply --yes', ec2)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ec2.state).toEqual(DECLARED);
});

it.each(['plan', 'apply'])(
  'if no group drifted, `%s` does not ask, and warns once about each baseline that opens a service to the internet',
  async (command) => {
    folder.write('baseline.yaml', baselineFile([tcp(22, '0.0.0.0/0')]));

    expect(await folder.run(command, region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] }))).toEqual({
      exitCode: 0,
      stdout: 'No drift in account 111122223333, eu-west-1: 1 group at the baseline.\n',
      stderr:
        'WARNING: baseline.yaml: the guard leaves these services open to the internet, because a baseline allows them: `web`: SSH (tcp/22)\n',
    });
  },
);

it('`apply` does not change a group whose baseline is in mode `report`', async () => {
  declareDb('mode: report, ');
  const ec2 = bothDrifted();

  expect(await folder.run('apply --yes', ec2)).toMatchObject({
    exitCode: 0,
    stderr: 'portcullis: 1 group in mode `report` not restored; remove `mode: report` from a baseline to restore its groups\n',
  });
  expect([ec2.stateOf(WEB), ec2.stateOf(DB)]).toEqual([DECLARED, ['tcp/1 from 10.0.0.0/8']]);
});

it('`apply` reads a prefix list only once, for the plan and for all groups', async () => {
  declareDb();
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from pl-0000000a'], [DB]: ['tcp 22 from pl-0000000a'] });
  ec2.prefixLists.set('pl-0000000a', [['0.0.0.0/0']]);

  expect(await folder.run('apply --yes', ec2)).toMatchObject({ exitCode: 0 });
  expect(ec2.calls.filter((call) => call.startsWith('read the list'))).toEqual(['read the list pl-0000000a']);
});

it('`apply` changes nothing if it would revoke more rules than `--max-revocations`', async () => {
  declareDb();
  const ec2 = bothDrifted();

  const { exitCode, stderr } = await folder.run('apply --yes --max-revocations 1', ec2);

  expect({ exitCode, stdout: '', stderr }).toEqual(
    failure('2 rules would be revoked, more than `--max-revocations 1`; nothing was changed'),
  );
  expect(writesOf(ec2)).toEqual([]);
});

it('`apply` does not revoke a rule that somebody adds while the command runs', async () => {
  const ec2 = drifted();
  const [added] = region({ [WEB]: ['tcp 99 from 10.0.0.0/8'] }).rules;
  ec2.after = (call) => {
    if (call.startsWith('revoke') && added !== undefined) ec2.rules = [...ec2.rules, { ...added, ruleId: 'sgr-theirs' }];
  };

  const { exitCode, stdout } = await folder.run('apply --yes', ec2);

  expect(ec2.state).toEqual([...DECLARED, 'tcp/99 from 10.0.0.0/8']);
  expect(stdout).toMatch(/FAILED .*: not restored: .*tcp\/99 from 10\.0\.0\.0\/8 must be revoked\n/);
  expect(stdout).toContain('Not done in account 111122223333, eu-west-1: 0 of 1 group restored, 1 failed; 1 rule revoked, 1 authorized.');
  expect(exitCode).toBe(1);
});

it('`apply` does not change a group to which somebody added rules after the plan was shown, and restores the other groups', async () => {
  declareDb();
  const ec2 = bothDrifted();
  const ask = (): Promise<string> => {
    ec2.rules = [...ec2.rules, ...region({ [WEB]: ['tcp 99 from 10.0.0.0/8'] }).rules];
    return Promise.resolve('yes');
  };

  const { exitCode, stdout } = await folder.run('apply', ec2, { ask });

  expect(stdout).toContain(
    `FAILED ${WEB} (web) in vpc-1: not changed: the group changed after the plan was shown; run the command again\n`,
  );
  expect(exitCode).toBe(1);
  expect([ec2.stateOf(WEB), ec2.stateOf(DB)]).toEqual([['tcp/22 from 0.0.0.0/0', 'tcp/99 from 10.0.0.0/8'], []]);
});

it('`apply` makes the remaining changes if somebody else has already made a part of the planned changes', async () => {
  const ec2 = drifted();
  const ask = (): Promise<string> => {
    ec2.rules = [];
    return Promise.resolve('yes');
  };

  expect(await folder.run('apply', ec2, { ask })).toMatchObject({ exitCode: 0 });
  expect(ec2.state).toEqual(DECLARED);
});

it('`apply` reports a call that EC2 refused, restores the other groups, and exits with 1', async () => {
  declareDb();
  const ec2 = bothDrifted();
  ec2.before = (call) => (call.startsWith(`authorize ${WEB}`) ? 'refused' : undefined);

  const { exitCode, stdout } = await folder.run('apply --yes', ec2);

  expect(stdout).toContain(`FAILED ${WEB} (web) in vpc-1: not restored: AuthorizeSecurityGroupIngress failed with`);
  expect(stdout).toContain(`done ${DB}`);
  expect(exitCode).toBe(1);
});

it.each([
  ['a call', `authorize ${WEB}`, 'AuthorizeSecurityGroupIngress'],
  ['the read', `read ${WEB}`, 'DescribeSecurityGroupRules'],
])('`apply` does not restore the other groups if AWS denies %s for the first group', async (_, denied, operation) => {
  declareDb();
  const ec2 = bothDrifted();
  const ask = (): Promise<string> => {
    ec2.before = (call) => (call.startsWith(denied) ? 'denied' : undefined);
    return Promise.resolve('yes');
  };

  const { exitCode, stdout, stderr } = await folder.run('apply', ec2, { ask });

  expect(ec2.stateOf(DB)).toEqual(['tcp/1 from 10.0.0.0/8']);
  expect(stdout.match(/^(done|FAILED|skipped) /gm)).toEqual(['FAILED ']);
  expect(stdout).toContain(': 0 of 2 groups restored, 1 failed, 1 not started; ');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `portcullis: the credentials are not allowed to call ${operation} in eu-west-1 (UnauthorizedOperation); expected a policy that allows it; 1 group not started\n`,
  });
});

it('`apply` fits its output into a terminal of 60 columns', async () => {
  const { stdout } = await folder.run('apply --yes', drifted(), { isTTY: true, columns: 60, env: { NO_COLOR: '1' } });

  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(stdout).toContain('\ndone sg-0000000a (web) in vpc-1: revoked tcp/22 from\n       0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0\n');
});

it('`apply` changes only the groups that `--group` names', async () => {
  declareDb();
  const ec2 = bothDrifted();

  expect(await folder.run(`apply --yes --group ${DB}`, ec2)).toMatchObject({ exitCode: 0, stderr: '' });
  expect([ec2.stateOf(WEB), ec2.stateOf(DB)]).toEqual([['tcp/22 from 0.0.0.0/0'], []]);
});

it('`apply` finishes the current group after an interrupt, and reports how many groups were not started', async () => {
  declareDb();
  const ec2 = bothDrifted();

  const { exitCode, stdout, stderr } = await folder.run('apply --yes', ec2, interruptOn(ec2, 'authorize'));

  expect([ec2.stateOf(WEB), ec2.stateOf(DB)]).toEqual([DECLARED, ['tcp/1 from 10.0.0.0/8']]);
  expect(stdout).toMatch(new RegExp(`done ${WEB}.*\nskipped ${DB} \\(db\\) in vpc-1: not started: interrupted\n`));
  expect(stdout).toContain(': 1 of 2 groups restored, 1 not started; 1 rule revoked, 1 authorized.');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 130,
    stderr: 'portcullis: interrupted; 1 group not started. Run the command again to continue\n',
  });
});

it('`apply --json` prints all rules before and after the changes as JSON on stdout, and the plan on stderr', async () => {
  const { stdout, stderr } = await folder.run('apply --yes --json', drifted());

  expect(stderr).toContain(': 1 to authorize');
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const https = { ...ssh, FromPort: 443, ToPort: 443 };
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    groups: [
      {
        groupId: WEB,
        baseline: 'web',
        outcome: 'restored',
        summary: expect.stringContaining('revoked tcp/22') as string,
        authorized: { ingress: [https], egress: [] },
        revoked: { ingress: [ssh], egress: [] },
        before: { ingress: [ssh], egress: [] },
        after: { ingress: [https], egress: [] },
      },
    ],
  });
});

it('if a declared group does not exist, `apply` restores the other groups and exits with 1', async () => {
  declareDb();
  const ec2 = drifted();

  expect(await folder.run('apply --yes', ec2)).toMatchObject({ exitCode: 1 });
  expect(ec2.state).toEqual(DECLARED);
});
