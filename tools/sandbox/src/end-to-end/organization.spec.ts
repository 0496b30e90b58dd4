/**
 * Tests `survey` and `report` for an organization with six accounts and two regions. The commands read from EC2 or from an aggregator. The
 * roles of the commands have exactly the policies in tools/cli/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ANYWHERE, authorizeIngress, createSecurityGroup, demoTcpPermission } from '../demo/groups.js';
import type { Credentials } from '../simulated-aws/identities.js';
import { readDeployment } from '../deployment/deployment.js';
import { ACCOUNT_ID } from '../sandbox.js';
import { folder, revoke, sandbox, useSandbox } from '../testing/fixture.js';
import { ROOT } from '../testing/docs-page.js';
import { portcullisAs } from '../testing/portcullis.js';

const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const NAMES = ['payments', 'orders', 'shop', 'data', 'legacy'] as const;
const CALLER = `arn:aws:iam::${ACCOUNT_ID}:role/portcullis-caller`;
const ORGANIZATION = ['--organization', '--role', 'portcullis-read', '--regions', REGIONS.join(',')];

/** The id of each account by its name. moto calls the management account `master`. */
const accounts: Record<string, string> = { master: ACCOUNT_ID };
const groups: Record<string, string> = {};
let caller: Credentials;

/** Returns the policy in tools/cli/README.md whose code block has this name. */
function policyNamed(name: string): string {
  const readme = readFileSync(join(ROOT, 'tools', 'cli', 'README.md'), 'utf8');
  const [, policy] = new RegExp(`\n\`\`\`json ${name}\n([^]*?)\n\`\`\``).exec(readme) ?? [];
  if (policy === undefined) throw new Error(`the README has no policy ${name}`);
  return policy;
}

function ec2In(account: string, region: string): EC2Client {
  return sandbox.client(EC2Client, sandbox.person('owner', accounts[account]), region);
}

/** Creates a role in an account. */
async function deployRole(accountId: string, name: string, trust: string, policies: readonly string[]): Promise<void> {
  const resources = [
    { type: 'aws_iam_role', values: { name, arn: `arn:aws:iam::${accountId}:role/${name}`, assume_role_policy: trust } },
    ...policies.map((policy) => ({ type: 'aws_iam_role_policy', values: { role: name, policy } })),
  ];
  await sandbox.deploy(readDeployment(resources, { accountId, region: sandbox.region, partition: 'aws' }, folder, false));
}

useSandbox(async () => {
  const organizations = sandbox.client(OrganizationsClient);
  await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  for (const AccountName of NAMES) {
    const { CreateAccountStatus } = await organizations.send(
      new CreateAccountCommand({ AccountName, Email: `${AccountName}@example.com` }),
    );
    accounts[AccountName] = CreateAccountStatus?.AccountId ?? '';
  }
  const role = policyNamed('role');
  await deployRole(ACCOUNT_ID, 'portcullis-caller', '{"Statement":[]}', [policyNamed('caller'), role]);
  for (const name of NAMES) {
    const trust = policyNamed('trust');
    await deployRole(accounts[name] ?? '', 'portcullis-read', name === 'legacy' ? trust.replaceAll(ACCOUNT_ID, '999999999999') : trust, [
      role,
    ]);
  }
  for (const name of Object.keys(accounts))
    for (const region of REGIONS) {
      const open = `${name}/${region}` === 'payments/eu-west-1' || `${name}/${region}` === 'data/us-east-1';
      groups[`${name}/${region}`] = await createSecurityGroup(ec2In(name, region), 'web', undefined, [
        demoTcpPermission(443, ANYWHERE),
        ...(open ? [demoTcpPermission(22, ANYWHERE)] : []),
      ]);
    }
  caller = sandbox.identities.session(CALLER, 'ci');
  await updateAggregator();
  writeFileSync(
    join(folder, 'baseline.yaml'),
    `version: 1
baselines:
  - name: web
    groups: { names: [web] }
    ingress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }]
`,
  );
});

/** Updates the aggregator, so that it shows the current groups. */
function updateAggregator(): Promise<void> {
  return sandbox.aggregator.update(
    Object.values(accounts).flatMap((accountId) => REGIONS.map((region) => ({ accountId, region, partition: 'aws' }))),
  );
}

interface SurveyJson {
  readonly headline: readonly string[];
  readonly exposures: readonly { readonly accountName: string; readonly region: string; readonly service: string }[];
  readonly regions: readonly { readonly accountName: string; readonly region: string; readonly problems: readonly string[] }[];
  readonly unreadRegions: readonly object[];
}

async function surveyed(...options: readonly string[]): Promise<SurveyJson> {
  const { stdout, stderr } = await portcullisAs(caller, ['survey', '--json', '--restart', ...options]);
  try {
    return JSON.parse(stdout) as SurveyJson;
  } catch {
    throw new Error(`${stdout}${stderr}`);
  }
}

/** Returns `ACCOUNT/REGION` for each group that is open for SSH. */
function openForSsh({ exposures }: SurveyJson): string[] {
  return exposures
    .filter(({ service }) => service === 'SSH')
    .map(({ accountName, region }) => `${accountName}/${region}`)
    .sort();
}

const REFUSED = {
  label: expect.stringMatching(/^legacy \(\d{12}\)$/) as string,
  reason: 'the role `portcullis-read` cannot be assumed; expected a role of this name that trusts the caller',
  accountId: expect.any(String) as string,
  accountName: 'legacy',
  region: null,
};

it('`survey` reads the accounts of an organization with the documented policies, and prints one line for an account that refuses access', async () => {
  const survey = await surveyed(...ORGANIZATION);

  expect(openForSsh(survey)).toEqual(['data/us-east-1', 'payments/eu-west-1']);
  expect(survey.regions.map(({ accountName, region }) => `${accountName}/${region}`).sort()).toEqual(
    ['data', 'master', 'orders', 'payments', 'shop'].flatMap((name) => REGIONS.map((region) => `${name}/${region}`)),
  );
  expect(survey.regions.flatMap(({ problems }) => problems)).toEqual([]);
  expect(survey.unreadRegions).toEqual([REFUSED]);
});

it('`survey` uses exactly the actions that the documented policies allow', async () => {
  const before = sandbox.calls.length;
  await surveyed(...ORGANIZATION);
  await surveyed('--aggregator', 'organization', ...ORGANIZATION);
  const used = sandbox.calls.slice(before).map(({ service, operation }) => `${service}:${operation}`);
  const allowed = ['caller', 'role'].flatMap((name) => policyNamed(name).match(/"\w+:\w+"/g) ?? []).map((action) => action.slice(1, -1));

  // The commands in this test do not need these actions. `--regions` names the regions, no group refers to a prefix list, and no exposed
  // group has an instance.
  const notUsed = ['ec2:DescribeRegions', 'ec2:GetManagedPrefixListEntries', 'ec2:DescribeTags'];
  expect([...new Set(used)].filter((action) => action !== 'sts:GetCallerIdentity').sort()).toEqual(
    allowed.filter((action) => !notUsed.includes(action)).sort(),
  );
});

describe('through the aggregator', () => {
  const AGGREGATOR = ['--aggregator', 'organization', ...ORGANIZATION];

  it('`survey --aggregator` finds the same exposures in few calls; without `--role`, it prints when AWS Config captured the groups', async () => {
    const live = await surveyed(...ORGANIZATION);
    const before = sandbox.calls.length;
    const verified = await surveyed(...AGGREGATOR);
    const calls = sandbox.calls.slice(before).map(({ operation }) => operation);
    const { headline, exposures, unreadRegions } = await surveyed('--aggregator', 'organization', '--organization');

    const withoutTime = ({ headline: lines, ...rest }: SurveyJson): object => ({
      headline: lines.filter((line) => !line.startsWith('AWS Config')),
      exposures: rest.exposures,
      unreadRegions: rest.unreadRegions,
    });
    expect(withoutTime(verified)).toEqual(withoutTime(live));
    expect(verified.headline.at(-1)).toMatch(/^AWS Config recorded the groups from [-\d]+ [:\d]+ to .* UTC; only groups that need a check/);
    expect(calls.filter((name) => name === 'SelectAggregateResourceConfig')).toHaveLength(1);
    expect(headline.at(-1)).toMatch(
      /^The groups are as AWS Config recorded them .*; nothing was read from EC2, so every exposed group is assumed to have a public address\.$/,
    );
    expect(exposures).toHaveLength(live.exposures.length + 2);
    expect(unreadRegions).toEqual([]);
  });

  it('`report --aggregator` omits drift that no longer exists in EC2; with `--verify all`, it also finds newer drift', async () => {
    const closed = [ec2In('payments', 'eu-west-1'), groups['payments/eu-west-1'] ?? ''] as const;
    const opened = [ec2In('orders', 'us-east-1'), groups['orders/us-east-1'] ?? ''] as const;
    await revoke(...closed, [demoTcpPermission(22, ANYWHERE)]);
    await authorizeIngress(...opened, [demoTcpPermission(22, ANYWHERE)]);
    const report = async (...options: readonly string[]): Promise<string> => {
      const { stdout, stderr } = await portcullisAs(caller, ['report', '--restart', ...options]);
      return stdout.replace(/^AWS Config recorded.*\n/m, '') + stderr;
    };
    const driftIn = (text: string): string[] => text.match(/(?<=^critical +)\S+/gm) ?? [];
    const fromEc2 = await report(...ORGANIZATION);

    expect(driftIn(await report(...AGGREGATOR))).toEqual(['data/us-east-1']);
    expect(await report(...AGGREGATOR, '--verify', 'all')).toBe(fromEc2);
    await updateAggregator();
    expect(await report(...AGGREGATOR)).toBe(fromEc2);
    expect(driftIn(fromEc2).sort()).toEqual(['data/us-east-1', 'orders/us-east-1']);
  });
});
