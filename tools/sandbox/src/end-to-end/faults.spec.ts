/** Tests that Portcullis restores a group and reports the restoration despite faults of AWS. */
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  createDemoVpc,
  readDemoGroupRuleTexts,
  demoTcpPermission,
} from '../demo/groups.js';
import { narratedFindings } from '../demo/narrate.js';
import { deployBaselines, during, mallory, sandbox, useSandbox } from '../testing/fixture.js';
import type { DeliveryKind } from '../delivery/delivery.js';
import { Faults, type CallFault, type FaultOptions } from '../delivery/faults.js';

const WEB = [demoTcpPermission(80, ANYWHERE), demoTcpPermission(443, ANYWHERE)];
const DECLARED = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

const GROUPS = 9;

/** Each test has its own group. */
const groups: string[] = [];
let groupId: string;

useSandbox(async () => {
  const vpcId = await createDemoVpc(sandbox.ec2());
  for (let i = 0; i < GROUPS; i += 1) groups.push(await createSecurityGroup(sandbox.ec2(), `web-${i}`, vpcId, WEB));
  await deployBaselines([{ name: 'web', groups: { names: ['web-*'] }, ingress: WEB }], { wake: true, schedule: 'One_Hour' });
});

beforeEach(() => {
  sandbox.faults = new Faults();
  groupId = groups.pop() ?? '';
});

const open = (): Promise<void> => authorizeIngress(mallory(), groupId, [demoTcpPermission(3389, ANYWHERE)]);
const rules = (): Promise<string[]> => readDemoGroupRuleTexts(sandbox.ec2(), groupId);

/** Returns the kinds of the findings about the port that mallory opened. */
const found = (): string[] =>
  sandbox.deliveries
    .flatMap(({ result }) => narratedFindings(result))
    .filter(({ group, summary }) => group.id === groupId && summary.includes('tcp/3389'))
    .map(({ kind }) => kind);

/** Returns the options for a sandbox in which the first `times` calls of each matching operation fail. */
function first(times: number, operations: RegExp, fault: CallFault): FaultOptions {
  const seen = new Map<string, number>();
  return {
    call: ({ operation }) => {
      if (!operations.test(operation)) return undefined;
      const count = (seen.get(operation) ?? 0) + 1;
      seen.set(operation, count);
      return count <= times ? fault : undefined;
    },
  };
}

const lost = (...kinds: readonly DeliveryKind[]): FaultOptions => ({ copies: (kind) => (kinds.includes(kind) ? 0 : 1) });

it.each<readonly [string, FaultOptions, errorCodes: readonly string[]]>([
  ['reads are stale', first(2, /^Describe/, 'stale'), []],
  ['every service fails once', first(1, /./, 'broken'), ['InternalError']],
  ['every event is delivered twice', { copies: () => 2 }, []],
  ['the CloudTrail event is lost', lost('cloudtrail'), []],
  ['the AWS Config event is lost', lost('config'), []],
  ['the call that invokes the remediator is lost', lost('invoke'), []],
  ['the AWS Config event arrives first', { order: 'config-first' }, []],
  ['both events arrive at once', { order: 'together' }, []],
])('if %s, Portcullis restores the group and reports the restoration', async (_, faults, errorCodes) => {
  sandbox.faults = new Faults(faults);

  const { byFunctions } = await during(open);

  expect(await rules()).toEqual(DECLARED);
  expect(found()).toContain('restoration');
  const codes = byFunctions.flatMap(({ errorCode, status }) => (status >= 500 ? [errorCode] : []));
  expect([...new Set(codes)]).toEqual(errorCodes);
});

it('if every event is lost, the next scheduled evaluation restores the group', async () => {
  sandbox.faults = new Faults({ copies: () => 0 });
  const reasons: string[] = [];
  sandbox.onEvent((event) => event.type === 'not-delivered' && reasons.push(event.reason));

  await during(open);
  expect(await rules()).toContain('tcp/3389 from 0.0.0.0/0');
  expect(reasons.filter((reason) => reason.startsWith('AWS lost the event'))).toHaveLength(2);
  sandbox.faults = new Faults();
  await during(() => sandbox.recorder.schedule());

  expect(await rules()).toEqual(DECLARED);
  expect(found()).toContain('restoration');
});
