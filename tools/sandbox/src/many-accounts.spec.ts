/** Many accounts on the wire: the built functions in one account, a group in another, and moto's STS, EC2 and AWS Config for both. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { startMoto, type Moto } from './moto.js';
import { runProgram } from './provision/program.js';

jest.setTimeout(60_000);

const CENTRAL = '123456789012';
const MEMBER = '444455556666';
const region = 'eu-west-1';
const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

let moto: Moto;
let folder: string;
let member: EC2Client;
let groupId: string;

const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('AWS left out what it always answers');
  return value;
};

beforeAll(async () => {
  moto = await startMoto(() => undefined);
  folder = await mkdtemp(join(tmpdir(), 'many-accounts-'));
  const sts = new STSClient({ endpoint: moto.endpoint, region, credentials });
  const RoleArn = `arn:aws:iam::${MEMBER}:role/owner`;
  const { Credentials: keys } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'owner' }));
  member = new EC2Client({
    endpoint: moto.endpoint,
    region,
    credentials: {
      accessKeyId: given(keys?.AccessKeyId),
      secretAccessKey: given(keys?.SecretAccessKey),
      sessionToken: given(keys?.SessionToken),
    },
  });
  const group = await member.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'of a member' }));
  groupId = given(group.GroupId);
  await member.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  const compiled = {
    format: 'portcullis-baseline',
    version: 1,
    baselines: [
      {
        name: 'web',
        groups: { ids: [groupId] },
        mode: 'enforce',
        compare: 'rules',
        ingress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        permit: [],
        ignore: [],
      },
    ],
  };
  await writeFile(join(folder, 'baseline.json'), JSON.stringify(compiled));
  await writeFile(join(folder, 'members.json'), JSON.stringify([MEMBER]));
});

afterAll(async () => {
  await moto.stop();
  await rm(folder, { recursive: true });
});

interface Invoked {
  readonly results?: readonly { readonly groupId: string; readonly compliance: string; readonly annotation: string }[];
  readonly findings: readonly { readonly kind: string; readonly severity: string; readonly summary: string }[];
}

/** Invokes a built function in the central account, in a process of its own; resolves to what its handler did. */
const invoke = async (app: string, event: object): Promise<Invoked> => {
  const main = join(dirname(require.resolve(`@portcullis/${app}/package.json`)), 'dist', 'main.mjs');
  const program = `const { handler } = await import(${JSON.stringify(main)}); console.log('OUTCOME' + JSON.stringify(await handler(${JSON.stringify(event)})));`;
  const { code, output } = await runProgram(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      BASELINE_PATH: join(folder, 'baseline.json'),
      CENTRAL_ACCOUNT_ID: CENTRAL,
      MEMBER_ROLE_ARN: 'arn:aws:iam::{account}:role/portcullis-member',
      MEMBERS_PATH: join(folder, 'members.json'),
    },
  });
  const outcome = output.split('\n').find((line) => line.startsWith('OUTCOME'));
  if (code !== 0 || outcome === undefined) throw new Error(output);
  return JSON.parse(outcome.slice('OUTCOME'.length)) as Invoked;
};

const configEvent = (accountId: string): object => ({
  // Testers' token: moto stores evaluations no other way.
  resultToken: 'TESTMODE',
  accountId,
  invokingEvent: JSON.stringify({
    messageType: 'ConfigurationItemChangeNotification',
    configurationItem: {
      awsAccountId: accountId,
      awsRegion: region,
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: groupId,
      configurationItemStatus: 'OK',
      configurationItemCaptureTime: '2026-11-23T10:00:00.000Z',
      configurationStateId: 1,
    },
  }),
});

const liveRules = async (): Promise<string[]> => {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroupRules: rules = [] } = await member.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return rules
    .filter(({ IsEgress }) => IsEgress === false)
    .map(({ FromPort, ToPort, CidrIpv4 }) => `${String(FromPort)}-${String(ToPort)} ${String(CidrIpv4)}`)
    .sort();
};

const callEvent = (accountId: string): object => ({
  source: 'aws.ec2',
  'detail-type': 'AWS API Call via CloudTrail',
  account: accountId,
  region,
  detail: {
    eventVersion: '1.10',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventTime: '2026-11-23T10:00:00Z',
    eventID: 'event-1',
    awsRegion: region,
    recipientAccountId: accountId,
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/mallory`, userName: 'mallory' },
    requestParameters: { groupId, ipPermissions: { items: [] } },
    responseElements: { _return: true },
  },
});

it('both functions drop the event of an account that is no member, and read nothing', async () => {
  const stranger = '777788889999';

  expect(await invoke('config-remediator', configEvent(stranger))).toEqual({ results: [], findings: [] });
  expect(await invoke('cloudtrail-detector', callEvent(stranger))).toEqual({ findings: [] });
});

it('the detector reads a member’s group by the role in that account, and changes nothing', async () => {
  const { findings } = await invoke('cloudtrail-detector', callEvent(MEMBER));

  expect(findings).toMatchObject([
    { kind: 'drift', severity: 'critical', basis: 'live', group: { accountId: MEMBER } },
  ]);
  expect(await liveRules()).toEqual(['22-22 0.0.0.0/0']);
});

it('in the central account there is no such group: the account is the event’s, and no other', async () => {
  const { results } = await invoke('config-remediator', configEvent(CENTRAL));

  expect(results?.map(({ compliance }) => compliance)).not.toContain('COMPLIANT');
  expect(await liveRules()).toEqual(['22-22 0.0.0.0/0']);
});

it('the remediator restores a member’s group by the role in that account', async () => {
  const { results } = await invoke('config-remediator', configEvent(MEMBER));

  expect(results).toMatchObject([{ groupId, compliance: 'COMPLIANT' }]);
  expect(await liveRules()).toEqual(['443-443 0.0.0.0/0']);
});
