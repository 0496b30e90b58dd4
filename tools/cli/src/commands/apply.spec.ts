import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { baselineFile, DB, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const write = (text: string): void => {
  writeFileSync(join(folder.path, 'baseline.yaml'), text);
};
const apply = (ec2: SimulatedEc2, changes: Partial<Io>, ...args: string[]): Promise<Ran> =>
  runIn(folder.path, ['apply', ...args], { openAccountRegion: openerOf(ec2), ...changes });
const changesIn = ({ calls }: SimulatedEc2): string[] => calls.filter((call) => /authorize|revoke|replace/.test(call));

const HTTPS = tcp(443, '0.0.0.0/0');
const drifted = (): SimulatedEc2 => region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] });
const closed = (id: string, more = ''): string => `  - { name: db, groups: { ids: [${id}] }, ${more}ingress: [] }\n`;

/** A person who gives this answer; what was asked is kept. */
const person = (answer: string): { readonly ask: (question: string) => Promise<string>; readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  };
};

it('shows the plan, asks, and makes the groups as declared', async () => {
  write(baselineFile([HTTPS]));
  const ec2 = drifted();
  const { ask, asked } = person('yes');

  const { exitCode, stdout, stderr } = await apply(ec2, { ask });

  expect(asked).toEqual(['\nMake 1 group of eu-west-1 as declared? Only `yes` is taken for yes: ']);
  expect(stdout).toMatch(/^sg-0000000a \(web\) in vpc-1 {2}baseline web {2}critical\n[^]*\nPlan: 1 to authorize, 1 to revoke/);
  expect(stdout).toMatch(/\ndone sg-0000000a \(web\) in vpc-1: revoked tcp\/22 from 0.0.0.0\/0; authorized tcp\/443 .*\n$/);
  expect({ exitCode, stderr, state: ec2.state }).toEqual({
    exitCode: 0,
    stderr: '',
    state: ['tcp/443 from 0.0.0.0/0'],
  });
  // What is declared first: at no moment is declared traffic cut.
  expect(changesIn(ec2)).toEqual(['authorize tcp/443 from 0.0.0.0/0', 'revoke tcp/22 from 0.0.0.0/0']);
});

it.each(['', 'y', 'YES', 'no'])('takes `%s` for no', async (answer) => {
  write(baselineFile([HTTPS]));
  const ec2 = drifted();

  const { exitCode, stderr } = await apply(ec2, { ask: person(answer).ask });

  expect({ exitCode, stderr, changes: changesIn(ec2) }).toEqual({
    exitCode: 1,
    stderr: 'portcullis: nothing was changed\n',
    changes: [],
  });
});

it('does not ask with `--yes`', async () => {
  write(baselineFile([HTTPS]));
  const ec2 = drifted();

  expect(await apply(ec2, {}, '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
});

it('changes nothing where there is nobody to ask', async () => {
  write(baselineFile([HTTPS]));
  const ec2 = drifted();

  const { exitCode, stderr } = await apply(ec2, {});

  expect({ exitCode, stderr, changes: changesIn(ec2) }).toEqual({
    exitCode: 1,
    stderr: 'portcullis: there is nobody to ask; expected `--yes`, which does not ask. Nothing was changed\n',
    changes: [],
  });
});

it('neither asks nor changes where there is nothing to do', async () => {
  write(baselineFile([HTTPS]));
  const { ask, asked } = person('yes');

  expect(await apply(region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] }), { ask })).toEqual({
    exitCode: 0,
    stdout: 'No drift: 1 group at the baseline.\n',
    stderr: '',
  });
  expect(asked).toEqual([]);
});

it('leaves a group whose baseline only reports', async () => {
  write(baselineFile([HTTPS], closed(DB, 'mode: report, ')));
  const ec2 = region({ [WEB]: [], [DB]: ['tcp 1 from 10.0.0.0/8'] });

  const { exitCode, stderr } = await apply(ec2, {}, '--yes');

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'portcullis: 1 group left: report only\n' });
  expect(ec2.stateOf(DB)).toEqual(['tcp/1 from 10.0.0.0/8']);
  expect(ec2.stateOf(WEB)).toEqual(['tcp/443 from 0.0.0.0/0']);
});

it('reads a prefix list once for the plan and all groups', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = region({
    [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from pl-0000000a'],
    [DB]: ['tcp 22 from pl-0000000a'],
  });
  ec2.prefixLists.set('pl-0000000a', [['0.0.0.0/0']]);

  const { exitCode } = await apply(ec2, {}, '--yes');

  expect([ec2.stateOf(WEB), ec2.stateOf(DB)]).toEqual([['tcp/443 from 0.0.0.0/0'], []]);
  expect(ec2.calls.filter((call) => call.startsWith('read the list'))).toEqual(['read the list pl-0000000a']);
  expect(exitCode).toBe(0);
});

it('changes nothing where more would be revoked than may be', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: ['tcp 1 from 10.0.0.0/8', 'tcp 2 from 10.0.0.0/8'] });

  const { exitCode, stderr } = await apply(ec2, {}, '--yes', '--max-revocations', '2');

  expect({ exitCode, stderr, changes: changesIn(ec2) }).toEqual({
    exitCode: 1,
    stderr: 'portcullis: 3 rules would be revoked, more than `--max-revocations 2`; nothing was changed\n',
    changes: [],
  });
});

it('does nothing about what somebody else adds while it applies: nobody has agreed to that', async () => {
  write(baselineFile([HTTPS]));
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] });
  const [added] = region({ [WEB]: ['tcp 99 from 10.0.0.0/8'] }).rules;
  ec2.after = (call) => {
    if (call.startsWith('revoke') && added !== undefined) ec2.rules = [...ec2.rules, { ...added, ruleId: 'sgr-theirs' }];
  };

  const { exitCode, stdout } = await apply(ec2, {}, '--yes');

  expect(ec2.stateOf(WEB)).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/99 from 10.0.0.0/8']);
  expect(stdout).toContain('not restored: somebody else changed the group while it was restored; tcp/99 from 10.0.0.0/8 must be revoked\n');
  expect(exitCode).toBe(1);
});

it('leaves a group that has changed since the plan was shown, and does the others', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: ['tcp 1 from 10.0.0.0/8'] });
  const ask = (): Promise<string> => {
    ec2.rules = [...ec2.rules, ...region({ [WEB]: ['tcp 99 from 10.0.0.0/8'] }).rules];
    return Promise.resolve('yes');
  };

  const { exitCode, stdout } = await apply(ec2, { ask });

  expect(stdout).toContain(`FAILED ${WEB} (web) in vpc-1: it has changed since the plan was shown, and was left as it is; plan again\n`);
  expect(exitCode).toBe(1);
  expect(ec2.stateOf(WEB)).toEqual(['tcp/22 from 0.0.0.0/0', 'tcp/99 from 10.0.0.0/8']);
  expect(ec2.stateOf(DB)).toEqual([]);
});

it('goes on where somebody else has done a part of it since', async () => {
  write(baselineFile([HTTPS]));
  const ec2 = drifted();
  const ask = (): Promise<string> => {
    ec2.rules = [];
    return Promise.resolve('yes');
  };

  expect(await apply(ec2, { ask })).toMatchObject({ exitCode: 0 });
  expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
});

it('tells what EC2 refused, ends with 1, and does the other groups all the same', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: ['tcp 1 from 10.0.0.0/8'] });
  ec2.before = (call) => (call.startsWith(`authorize ${WEB}`) ? 'denied' : undefined);

  const { exitCode, stdout } = await apply(ec2, {}, '--yes');

  expect(stdout).toMatch(
    new RegExp(`FAILED ${WEB} \\(web\\) in vpc-1: not restored: AuthorizeSecurityGroupIngress failed with UnauthorizedOperation`),
  );
  expect(stdout).toContain(`done ${DB}`);
  expect(exitCode).toBe(1);
});

it('once interrupted, finishes the group at hand, begins no other, and says which', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: ['tcp 1 from 10.0.0.0/8'] });
  const interrupt = new AbortController();
  ec2.after = (call) => {
    if (call.startsWith('authorize')) interrupt.abort();
  };

  const { exitCode, stdout, stderr } = await apply(ec2, { signal: interrupt.signal }, '--yes');

  expect(ec2.stateOf(WEB)).toEqual(['tcp/443 from 0.0.0.0/0']);
  expect(ec2.stateOf(DB)).toEqual(['tcp/1 from 10.0.0.0/8']);
  expect(stdout).toMatch(new RegExp(`done ${WEB}.*\nleft ${DB} \\(db\\) in vpc-1: not begun: interrupted\n$`));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 130,
    stderr: 'portcullis: interrupted; 1 group not begun. To go on, apply again\n',
  });
});

it('prints what was done as JSON, enough to undo it, and the plan on stderr', async () => {
  write(baselineFile([HTTPS]));

  const { stdout, stderr } = await apply(drifted(), {}, '--yes', '--json');

  expect(stderr).toContain('Plan: 1 to authorize');
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

it('applies to what is there, and ends with 1 where a named group does not exist', async () => {
  write(baselineFile([HTTPS], closed(DB)));
  const ec2 = drifted();

  expect(await apply(ec2, {}, '--yes')).toMatchObject({ exitCode: 1 });
  expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
});

it('does not take a number of revocations that is none', async () => {
  const { exitCode, stderr } = await apply(drifted(), {}, '--max-revocations', 'few');

  expect(exitCode).toBe(1);
  expect(stderr).toContain('Expected a whole number of 0 or more.');
});
