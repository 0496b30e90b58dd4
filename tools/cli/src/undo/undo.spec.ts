import type { Finding } from '@portcullis/finding';
import { permissions, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { ACCOUNT, region, WEB, writesOf } from '../testing/account-region.js';
import { webFinding } from '../testing/finding.js';
import { failure, person, testFolder } from '../testing/run-command.js';

const HTTPS = 'tcp 443 from 0.0.0.0/0';
const SSH = 'tcp 22 from 0.0.0.0/0';
const KEPT = 'tcp 80 from 10.0.0.0/8';

function rules(ingress: readonly string[], egress: readonly string[] = []): NonNullable<Finding['rules']>['before'] {
  return { ingress: permissions(...ingress), egress: permissions(...egress) };
}

/** A finding of a restoration that revoked SSH and authorized HTTPS. */
function restoration(changed: Partial<Finding> = {}): Finding {
  return webFinding({
    kind: 'restoration',
    summary: 'revoked tcp/22 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0',
    atBaseline: true,
    authorize: permissions(HTTPS),
    rules: { before: rules([SSH, KEPT], ['-1 to 0.0.0.0/0']), after: rules([HTTPS, KEPT], ['-1 to 0.0.0.0/0']) },
    ...changed,
  });
}

/** Returns a simulated region after the restoration. The group also has the rules in `more`. */
function restored(...more: readonly string[]): SimulatedEc2 {
  return region({ [WEB]: [HTTPS, KEPT, '-1 to 0.0.0.0/0', ...more] });
}

const BEFORE = ['all traffic to 0.0.0.0/0', 'tcp/22 from 0.0.0.0/0', 'tcp/80 from 10.0.0.0/8'];
const json = JSON.stringify(restoration());
const folder = testFolder({ 'finding.json': json });

it('`undo` shows its changes, warns that the guard restores the group again, asks for confirmation, and reverses the restoration', async () => {
  const ec2 = restored();
  const { ask, asked } = person('yes');

  const { exitCode, stdout, stderr } = await folder.run('undo finding.json', ec2, { ask });

  expect({ exitCode, stderr, state: ec2.stateOf(WEB).sort() }).toEqual({ exitCode: 0, stderr: '', state: BEFORE });
  expect(stdout).toBe(`Undo the restoration of 2026-11-23T10:00:00Z of ${WEB} (web) in vpc-1
  + ingress tcp/22 from 0.0.0.0/0
  - ingress tcp/443 from 0.0.0.0/0
This opens SSH (tcp/22) to the internet.

The guard restores the group again, usually within minutes. To prevent that, change baseline web and deploy it: \`mode: report\` restores nothing, \`permit\` tolerates a rule until a given day, and \`portcullis accept finding.json --until DAY --reason TEXT\` writes such a permit.
undone ${WEB}: authorized tcp/22 from 0.0.0.0/0; revoked tcp/443 from 0.0.0.0/0
`);
  expect(asked).toEqual([`\nAuthorize 1 rule and revoke 1 rule in ${WEB} of account ${ACCOUNT}, eu-west-1? Only \`yes\` confirms: `]);
  expect(writesOf(ec2)).toEqual(['authorize tcp/22 from 0.0.0.0/0', 'revoke tcp/443 from 0.0.0.0/0']);
});

it('`undo` also reverses changes of egress rules', async () => {
  const ec2 = region({ [WEB]: [HTTPS] });
  folder.write(
    'finding.json',
    JSON.stringify(restoration({ rules: { before: rules([HTTPS], ['tcp 25 to 0.0.0.0/0']), after: rules([HTTPS]) } })),
  );

  expect(await folder.run('undo finding.json --yes', ec2)).toMatchObject({ exitCode: 0 });
  expect(ec2.stateOf(WEB).sort()).toEqual(['tcp/25 to 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
});

const text = (value: unknown): string => JSON.stringify(value);
const logLine = text({ level: 'ERROR', message: 'm', service: 'config-remediator', finding: restoration() });
const event = { version: '0', 'detail-type': 'Portcullis Finding', source: 'portcullis', detail: restoration() };
const drift = text({ finding: restoration({ id: 'e-0:x', kind: 'drift', rules: undefined }) });

it.each([
  ['the JSON of a finding', json],
  ['indented JSON with a key of a later release', JSON.stringify({ ...restoration(), later: 1 }, null, 2)],
  ['lines of the log', `START RequestId: x\n${drift}\n${logLine}\nEND RequestId: x\n`],
  ['`aws logs tail`', `2026-11-23T10:00:01+00:00 2026/11/23/[$LATEST]0123 ${logLine}\n`],
  ['`aws logs filter-log-events`', text({ events: [{ logStreamName: 's', message: `${logLine}\n` }] })],
  ['an event of EventBridge', text(event)],
  ['an SNS message around that event', text({ Type: 'Notification', Message: text(event) })],
  ['an SQS message around that SNS message', text({ Messages: [{ Body: text({ Message: text(event) }) }] })],
  [
    'the same finding from two sinks, if one sink omitted the rules',
    `${text(restoration({ rules: undefined, omitted: ['rules'] }))}\n${json}`,
  ],
])('`undo` reads the finding from %s', async (_, content) => {
  const ec2 = restored();
  folder.write('finding.json', content);

  expect(await folder.run('undo finding.json --yes', ec2)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ec2.stateOf(WEB).sort()).toEqual(BEFORE);
});

it('`undo` requires an id if the file contains several findings', async () => {
  const ec2 = restored();
  folder.write('finding.json', `${text(restoration({ id: 'other', rules: { before: rules([]), after: rules([HTTPS]) } }))}\n${json}\n`);

  const several = await folder.run('undo finding.json', ec2);
  expect(several).toMatchObject({ exitCode: 1, stdout: '' });
  expect(several.stderr).toMatch(
    /^portcullis: `finding.json` contains several findings; expected `--id` with one of\n {2}other {2}restoration, 2026-11-23T10:00:00Z: revoked/,
  );
  expect((await folder.run('undo finding.json --id nothing', ec2)).stderr).toMatch(
    /^portcullis: `finding.json` contains no finding with the id `nothing`; expected one of\n/,
  );
  expect(await folder.run(`undo finding.json --yes --id e-1:${WEB}`, ec2)).toMatchObject({ exitCode: 0 });
  expect(ec2.stateOf(WEB).sort()).toEqual(BEFORE);
});

async function expectRefused(content: string, message: string, options = ''): Promise<void> {
  const ec2 = restored();
  folder.write('finding.json', content);

  const { exitCode, stdout, stderr } = await folder.run(`undo finding.json --yes ${options}`, ec2);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.startsWith(`portcullis: ${message}`)).toBe(true);
  expect(writesOf(ec2)).toEqual([]);
}

it.each<[string, Partial<Finding>, string]>([
  ['is not about a restoration', { kind: 'drift' }, 'is of kind `drift`, which changed no group; expected a finding of kind `restoration`'],
  [
    'lacks its rules',
    { rules: undefined, omitted: ['rules'] },
    "was too large to include its rules; expected the finding from the remediator's log",
  ],
  ['does not name its region', { group: { ...restoration().group, region: null } }, 'does not name a group with its account and region'],
  ['changed nothing', { rules: { before: rules([HTTPS]), after: rules([HTTPS]) } }, 'changed no rule, so there is nothing to undo'],
])('`undo` refuses a finding that %s, and changes nothing', async (_, changed, message) => {
  await expectRefused(text(restoration(changed)), `finding \`e-1:${WEB}\` ${message}`);
});

it.each<[string, Partial<Finding>['group'], string]>([
  [
    'another account',
    { ...restoration().group, accountId: '999988887777' },
    `the group is in account 999988887777, but the credentials belong to ${ACCOUNT}; expected credentials of 999988887777`,
  ],
  ['a group that no longer exists', { ...restoration().group, id: 'sg-0000000f' }, 'sg-0000000f no longer exists in eu-west-1'],
])('`undo` refuses a finding about %s, and changes nothing', async (_, group, message) => {
  await expectRefused(text(restoration({ group })), message);
});

it('`undo` refuses a finding of another region than `--region`', async () => {
  const message = `finding \`e-1:${WEB}\` is about a group in eu-west-1; expected \`--region eu-west-1\` or no \`--region\``;
  await expectRefused(json, message, '--region us-east-1');
});

it.each([
  ['a value that no finding has', text({ ...restoration(), severity: 'bad' }), 'its JSON is not a valid finding: `severity`: '],
  [
    'the text message of SNS',
    `Revoked\n\nFinding           e-1:${WEB}\n`,
    "expected the JSON of a finding, from the function's log or from EventBridge. The file contains the text message of SNS; `aws logs filter-log-events --log-group-name /aws/lambda/portcullis-config-remediator --filter-pattern '\"e-1:sg-0000000a\"'` finds the JSON",
  ],
  ['JSON without a finding', '{"a":[1,"{"]}', "expected the JSON of a finding, from the function's log or from EventBridge"],
])('`undo` refuses a file that contains %s, and changes nothing', async (_, content, message) => {
  await expectRefused(content, `\`finding.json\` contains no finding; ${message}`);
});

it('if the group has changed since the restoration, `undo` says what differs and changes nothing', async () => {
  const ec2 = region({ [WEB]: [KEPT, '-1 to 0.0.0.0/0', 'tcp 99 from 10.0.0.0/8'] });

  expect(await folder.run('undo finding.json --yes', ec2)).toEqual(
    failure(
      `${WEB} has changed since the restoration: tcp/99 from 10.0.0.0/8 was added; tcp/443 from 0.0.0.0/0 was removed. Nothing was changed; \`portcullis plan\` shows the current state of the group`,
    ),
  );
  expect(writesOf(ec2)).toEqual([]);
});

it('`undo` changes nothing if somebody changes the group before the user answers', async () => {
  const ec2 = restored();
  const [added] = region({ [WEB]: ['tcp 99 from 10.0.0.0/8'] }).rules;
  const ask = (): Promise<string> => {
    if (added !== undefined) ec2.rules = [...ec2.rules, { ...added, ruleId: 'sgr-theirs' }];
    return Promise.resolve('yes');
  };

  const { exitCode, stdout } = await folder.run('undo finding.json', ec2, { ask });

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/\nFAILED sg-0000000a: nothing was changed; somebody else changed the group; .*tcp\/99 from 10\.0\.0\.0\/8/);
  expect(writesOf(ec2)).toEqual([]);
});

it('if EC2 refuses a call, `undo` shows the error and the changes that are still necessary', async () => {
  const ec2 = restored();
  ec2.before = (call) => (call.startsWith('authorize') ? 'denied' : undefined);

  const { exitCode, stdout } = await folder.run('undo finding.json --yes', ec2);

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /\nFAILED sg-0000000a: revoked tcp\/443 from 0\.0\.0\.0\/0; .*UnauthorizedOperation.*; tcp\/22 from 0\.0\.0\.0\/0 must be authorized to complete the undo\n$/,
  );
});

it('`undo` changes nothing unless the answer is `yes`', async () => {
  const ec2 = restored();

  expect(await folder.run('undo finding.json', ec2, person('no'))).toMatchObject({
    exitCode: 1,
    stderr: 'portcullis: nothing was changed\n',
  });
  expect(writesOf(ec2)).toEqual([]);
});

it('if the restoration repaired a broken limit, `undo` says that the limit must change', async () => {
  folder.write('finding.json', JSON.stringify(restoration({ baseline: null, limits: ['no-admin'] })));
  const ec2 = restored();

  const { exitCode, stdout } = await folder.run('undo finding.json --yes', ec2);

  expect(stdout).toContain(
    'To prevent that, change limit no-admin and deploy the file: `mode: report` changes nothing, and `permit` allows a rule until a given day.\n',
  );
  expect({ exitCode, state: ec2.stateOf(WEB).sort() }).toEqual({ exitCode: 0, state: BEFORE });
});
