import type { Finding } from '@portcullis/finding';
import { permissions } from '@portcullis/security-groups/testing';
import { ACCOUNT, notFound, openerOf, region, WEB, type Answers, type CallOptions } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { webFinding } from '../testing/finding.js';
import { failure, person, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const FUNCTION = 'portcullis-config-remediator';
const REQUEST = {
  ...{ portcullis: 'restore', version: 1, approval: 'given', group: { id: WEB, name: 'web', vpcId: 'vpc-1' } },
  cause: { eventId: 'e-1', eventName: 'ConfigurationItemChangeNotification', eventTime: '2026-11-23T11:50:00Z' },
};

/** Returns a finding about a group that waits for an approval. The restoration would revoke SSH and authorize HTTPS. */
function waiting(changed: Partial<Finding> = {}): Finding {
  return webFinding({
    summary: 'waits for approval until 2026-11-23T12:50:00Z: tcp/22 from 0.0.0.0/0 must be revoked',
    authorize: permissions('tcp 443 from 0.0.0.0/0'),
    approval: { until: '2026-11-23T12:50:00Z', command: 'npx @portcullis/cli approve', functionName: FUNCTION, request: REQUEST },
    ...changed,
  });
}

const RESTORED = {
  results: [{ groupId: WEB, compliance: 'COMPLIANT', annotation: 'restored to web: revoked tcp/22 from 0.0.0.0/0' }],
  findings: [],
};

const folder = testFolder({ 'finding.json': JSON.stringify({ finding: waiting() }) });
let invoked: { FunctionName?: string; Payload?: Buffer }[];
beforeEach(() => {
  invoked = [];
});

/** @param response the response of the function. @param logged the findings in the log of the function, oldest first */
function on(response: unknown = RESTORED, logged: readonly Finding[] = [], answers: Answers = {}): Changes {
  const Invoke = (input: object): { Payload: Buffer } => {
    invoked.push(input);
    return { Payload: Buffer.from(JSON.stringify(response)) };
  };
  const events = logged.map((finding, i) => ({ timestamp: i + 1, message: JSON.stringify({ finding }) }));
  return { openAccountRegion: openerOf(region({}), { answers: { Invoke, FilterLogEvents: { events }, ...answers } }) };
}

const approve = (args: string, changes: Changes = on()): Promise<Ran> => folder.run(`approve ${args}`, changes);

it('`approve` shows what would be restored, asks for confirmation, and invokes the function, which restores the group', async () => {
  const { ask, asked } = person('yes');

  expect(await approve('--finding finding.json', { ...on(), ask })).toEqual({
    exitCode: 0,
    stdout: `Restoration of ${WEB} (web) in vpc-1, account ${ACCOUNT}
  + ingress tcp/443 from 0.0.0.0/0
  - ingress tcp/22 from 0.0.0.0/0

Without an approval, the group is restored at 2026-11-23T12:50:00Z. The restoration also reverts later changes of the group.
restored ${WEB}: restored to web: revoked tcp/22 from 0.0.0.0/0
`,
    stderr: '',
  });
  expect(asked).toEqual([`\nRestore ${WEB} now, with ${FUNCTION} of account ${ACCOUNT}, eu-west-1? Only \`yes\` confirms: `]);
  expect(invoked.map(({ FunctionName, Payload }) => [FunctionName, JSON.parse(String(Payload)) as unknown])).toEqual([[FUNCTION, REQUEST]]);
});

it('`approve` invokes the function only if the answer is `yes`', async () => {
  expect(await approve('--finding finding.json', { ...on(), ...person('y') })).toMatchObject({ exitCode: 1 });
  expect(invoked).toEqual([]);
});

it('`approve` reads the newest finding about the group from the log of the deployment', async () => {
  const logged = [
    waiting({ kind: 'restoration', approval: undefined }),
    waiting(),
    waiting({ group: { ...waiting().group, id: 'sg-0f' } }),
  ];

  expect(await approve(`--group ${WEB} --yes`, on(RESTORED, logged))).toMatchObject({ exitCode: 0 });
  expect(invoked).toHaveLength(1);
  const unread = waiting({ kind: 'undetermined', approval: undefined, atBaseline: null });
  expect(await approve(`--group ${WEB} --yes`, on(RESTORED, [waiting(), unread]))).toMatchObject({ exitCode: 0 });
  expect(await approve(`--group ${WEB} --yes`, on(RESTORED, [waiting(), waiting({ approval: undefined, summary: 'restored' })]))).toEqual(
    failure(`${WEB} does not wait for an approval: the newest finding is: restored`),
  );
  expect(await approve(`--group ${WEB} --yes`)).toEqual(
    failure(`${WEB} does not wait for an approval: the log of the last 25 hours has no finding about the group`),
  );
});

it('`approve` waits for the response longer than the function can run', async () => {
  const timeouts: unknown[] = [];
  const Invoke = (_: object, options: CallOptions = {}): { Payload: Buffer } => {
    timeouts.push(options.requestTimeout);
    return { Payload: Buffer.from(JSON.stringify(RESTORED)) };
  };
  await approve('--finding finding.json --yes', on(RESTORED, [], { Invoke }));

  expect(timeouts).toEqual([130_000]);
});

it('`approve --json` prints the response of the function', async () => {
  const { stdout, stderr } = await approve('--finding finding.json --yes --json');

  expect(JSON.parse(stdout)).toEqual(RESTORED);
  expect(stderr).toContain(`restored ${WEB}: `);
});

it.each([
  [{ ...RESTORED, results: [{ groupId: WEB, compliance: 'NON_COMPLIANT', annotation: 'not restored: denied' }] }, 'not restored: denied'],
  [{ results: [], findings: [] }, 'the function did not evaluate the group; see the log of the function'],
])('`approve` fails and prints the reason if the function answers %j', async (response, words) => {
  const { exitCode, stdout } = await approve('--finding finding.json --yes', on(response));

  expect({ exitCode, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({ exitCode: 1, last: `FAILED ${WEB}: ${words}` });
});

it('`approve` succeeds if the function restored the group and reports NON_COMPLIANT', async () => {
  const results = [{ groupId: WEB, compliance: 'NON_COMPLIANT', annotation: 'restored' }];

  expect(
    await approve('--finding finding.json --yes', on({ results, findings: [{ kind: 'restoration', atBaseline: true }] })),
  ).toMatchObject({ exitCode: 0 });
});

it('`approve` says why the function failed, or that the function does not exist', async () => {
  const failed = { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"RetryableError: throttled"}') };

  expect((await approve('--finding finding.json --yes', on(RESTORED, [], { Invoke: failed }))).stderr).toBe(
    `portcullis: ${FUNCTION} failed: RetryableError: throttled; see the log of the function\n`,
  );
  expect((await approve('--finding finding.json --yes', on(RESTORED, [], { Invoke: notFound }))).stderr).toBe(
    `portcullis: function \`${FUNCTION}\` not found in eu-west-1 of account ${ACCOUNT}; expected credentials of the account in which Portcullis is deployed\n`,
  );
});

it.each([
  ['asks for no approval', { approval: undefined }, 'is of kind `drift` and asks for no approval'],
  ['names another function', { approval: { ...waiting().approval, functionName: 'payroll' } }, 'has an invalid `approval`'],
  ['asks for another group', { group: { ...waiting().group, id: 'sg-0f' } }, 'has an invalid `approval`'],
])('`approve` refuses a finding that %s', async (_, changed, message) => {
  folder.write('finding.json', JSON.stringify(waiting(changed as Partial<Finding>)));

  expect((await approve('--finding finding.json --yes')).stderr).toContain(`portcullis: finding \`e-1:${WEB}\` ${message}`);
  expect(invoked).toEqual([]);
});

it.each([
  ['', 'expected either `--group sg-…` or `--finding FILE`'],
  [`--group ${WEB} --finding finding.json`, 'expected either `--group sg-…` or `--finding FILE`'],
  [`--group ${WEB} --id x`, '`--id` needs `--finding`; expected the file with the finding'],
  ['--group web', 'invalid `--group web`; expected the id of a security group, `sg-…`'],
  [
    '--finding finding.json --region us-east-1',
    `finding \`e-1:${WEB}\` is about a group in eu-west-1; expected \`--region eu-west-1\` or no \`--region\``,
  ],
])('`approve` refuses the options `%s`', async (args, message) => {
  expect(await approve(args)).toEqual(failure(message));
});

it('`apply` restores a group in mode `approve` immediately, and `plan` shows the mode', async () => {
  folder.write('baseline.yaml', baselineFile([HTTPS], '    mode: approve\n'));
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8'] });

  expect((await folder.run('plan', ec2)).stdout).toContain('baseline web (after an approval)');
  expect(await folder.run('apply --yes', ec2)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ec2.stateOf(WEB)).toEqual(['tcp/443 from 0.0.0.0/0']);
});
