/**
 * An organization of any size for the benchmark `scale`, which runs the real CLI commands. Only the AWS calls are replaced: a call takes
 * simulated time and returns generated groups.
 */
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { EC2Client, IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { AccountRegion, OpenAccountRegion } from '@portcullis/cli/aws';
import { configuration } from '@portcullis/permission-diff/testing';
import { AttachmentsByGroup, ec2Reader, ec2Writer, readAttachments, readInstanceNames, surveyGroups } from '@portcullis/security-groups';
import { makeBenchList } from './bench-inputs.js';

export interface Size {
  readonly accounts: number;
  readonly regions: number;
  readonly groups: number;
}

/** One group in `OPEN_EVERY` opens SSH to the internet, so it differs from its baseline. */
export const OPEN_EVERY = 100;
const RULES = 6;
const INTERFACES = 2;

/** The assumed duration of an AWS call. */
export const LATENCY_MILLISECONDS = 150;

interface Rate {
  readonly limit: number;
  readonly interval: number;
}

/**
 * The CLI's request rates for each account and region (`request-rate.ts` in tools/cli), which are below AWS's limits.
 */
const RATES: Readonly<Record<string, Rate>> = { ec2: { limit: 10, interval: 1000 }, cloudtrail: { limit: 2, interval: 1100 } };

/** The simulated clock. The clock advances to the time of the next response when the program has no other work. */
class Clock {
  now = 0;
  private waiting: { readonly at: number; readonly wake: () => void }[] = [];
  private isPumping = false;

  until(at: number): Promise<void> {
    return new Promise((wake) => {
      this.waiting.push({ at, wake });
      if (!this.isPumping) setImmediate(this.pump);
      this.isPumping = true;
    });
  }

  private readonly pump = (): void => {
    const next = this.waiting.reduce((first, each) => (each.at < first.at ? each : first), { at: Infinity, wake: () => undefined });
    this.waiting = this.waiting.filter((each) => each !== next);
    this.now = Math.max(this.now, next.at);
    next.wake();
    this.isPumping = this.waiting.length > 0;
    if (this.isPumping) setImmediate(this.pump);
  };
}

export interface Organization {
  readonly openAccountRegion: OpenAccountRegion;
  /** The number of calls of each AWS operation. */
  readonly calls: ReadonlyMap<string, number>;
  /** Returns the simulated time in milliseconds. */
  elapsed(): number;
  /** Returns the highest resident memory of the process in megabytes, measured at every 50th call. */
  peakMegabytes(): number;
}

type Input = Readonly<Record<string, unknown>>;

export function benchOrganization(size: Size): Organization {
  const clock = new Clock();
  const calls = new Map<string, number>();
  const sent = new Map<string, number[]>();
  let peak = 0;
  /** Returns the earliest time at which the request rate allows another call. */
  const startOf = (service: string, place: string): number => {
    const rate = RATES[service];
    if (rate === undefined) return clock.now;
    const earlier = sent.get(`${service} ${place}`) ?? [];
    const before = earlier.at(-rate.limit);
    const start = before === undefined ? clock.now : Math.max(clock.now, before + rate.interval);
    sent.set(`${service} ${place}`, [...earlier.slice(-rate.limit), start]);
    return start;
  };
  const call = async (api: string, service: string, place: string): Promise<void> => {
    const count = (calls.get(api) ?? 0) + 1;
    calls.set(api, count);
    if (count % 50 === 0) peak = Math.max(peak, process.memoryUsage.rss() / 2 ** 20);
    await clock.until(startOf(service, place) + LATENCY_MILLISECONDS);
  };

  const openAccountRegion: OpenAccountRegion = ({ region = 'region-0', member }, signal) => {
    const accountId = member?.accountId ?? benchAccountId(0);
    const place = `${accountId}/${region}`;
    const groups = benchGroupIds(accountId, region, size.groups);
    const send = async (service: string, command: { readonly input: Input }): Promise<unknown> => {
      const api = command.constructor.name.replace(/Command$/, '');
      await call(api, service, place);
      return benchResponse(api, command.input, groups, accountId, size);
    };
    const ec2 = { send: (command: { readonly input: Input }) => send('ec2', command) } as unknown as EC2Client;
    const accountRegion: AccountRegion = {
      ...{ region, profile: undefined, account: member?.name },
      accountId: () => Promise.resolve(accountId),
      accountAlias: () => Promise.resolve(null),
      survey: (filter) => surveyGroups(ec2, { ...filter, ownerId: accountId }, signal),
      groups: { ...ec2Reader(ec2, { ownerId: accountId }), ...ec2Writer(ec2) },
      attachments: () => readAttachments(ec2, undefined, signal),
      behind: () => Promise.resolve(new AttachmentsByGroup().of('', new Map())),
      instanceNames: (ids) => readInstanceNames(ec2, ids, signal),
      callsNamed: async function* () {
        // One call for each event name is enough, because the event history is empty.
        await call('LookupEvents', 'cloudtrail', place);
        yield { calls: [], oldest: null };
      },
      client: (Client) => {
        const sendAny = (command: { readonly input: Input }): Promise<unknown> => send('other', command);
        // The paginators of the SDK require an instance of the client.
        const isPaged = [OrganizationsClient.name, ConfigServiceClient.name].includes(Client.name);
        const settings = {
          region: 'eu-west-1',
          maxAttempts: 1,
          requestHandler: { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true },
        };
        return (isPaged ? Object.assign(new Client(settings) as object, { send: sendAny }) : { send: sendAny }) as InstanceType<
          typeof Client
        >;
      },
    };
    return Promise.resolve(accountRegion);
  };
  return { openAccountRegion, calls, elapsed: () => clock.now, peakMegabytes: () => peak };
}

function benchAccountId(i: number): string {
  return String(100_000_000_000 + i);
}

function benchRegion(i: number): string {
  return `region-${i}`;
}

/** Returns group ids, each of which contains the account, the region and the number of the group. */
function benchGroupId(accountId: string, region: string, i: number): string {
  const account = Number(accountId) - 100_000_000_000;
  return `sg-${(account * 1_000_000 + Number(region.slice('region-'.length)) * 10_000 + i).toString(16).padStart(17, '0')}`;
}

interface Groups {
  readonly ids: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
}

function benchGroupIds(accountId: string, region: string, count: number): () => Groups {
  let known: Groups | undefined;
  return () => {
    if (known !== undefined) return known;
    const ids = makeBenchList(count, (i) => benchGroupId(accountId, region, i));
    return (known = { ids, numbers: new Map(ids.map((id, i) => [id, i])) });
  };
}

function benchGroupPermissions(i: number): IpPermission[] {
  const open = i % OPEN_EVERY === 0 ? [benchPermission(22, '0.0.0.0/0')] : [];
  return [...makeBenchList(RULES, (port) => benchPermission(8000 + port, '10.0.0.0/8')), ...open];
}

function benchPermission(port: number, CidrIp: string): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp }],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

function benchGroup(GroupId: string, i: number, OwnerId: string): SecurityGroup {
  const Tags = [{ Key: 'Tier', Value: 'service' }];
  return {
    GroupId,
    GroupName: `service-${i}`,
    OwnerId,
    VpcId: 'vpc-0123456789abcdef0',
    Tags,
    IpPermissions: benchGroupPermissions(i),
    IpPermissionsEgress: [],
  };
}

function benchResponse(api: string, input: Input, groups: () => Groups, accountId: string, size: Size): unknown {
  const named = (input.Filters as { Name: string; Values: string[] }[] | undefined)?.find(({ Name }) => Name === 'group-id')?.Values;
  const numberOf = (id: string): number => groups().numbers.get(id) ?? 0;
  switch (api) {
    case 'ListAccounts':
      return benchResponsePage(
        input,
        size.accounts,
        20,
        (i) => ({ Id: benchAccountId(i), Name: `account-${i}`, State: 'ACTIVE' }),
        'Accounts',
      );
    case 'AssumeRole':
      return {
        Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(Date.now() + 3_600_000) },
      };
    case 'DescribeRegions':
      return { Regions: makeBenchList(size.regions, (i) => ({ RegionName: benchRegion(i) })) };
    case 'DescribeSecurityGroups': {
      const ids = named ?? groups().ids;
      return benchResponsePage(
        input,
        ids.length,
        1000,
        (i) => benchGroup(ids[i] ?? '', numberOf(ids[i] ?? ''), accountId),
        'SecurityGroups',
      );
    }
    case 'DescribeSecurityGroupRules': {
      const rules = (named ?? []).flatMap((id) =>
        benchGroupPermissions(numberOf(id)).map(({ IpProtocol, FromPort, ToPort, IpRanges }, n) => ({
          ...{ SecurityGroupRuleId: `sgr-${id.slice(-14)}${n}`, GroupId: id, GroupOwnerId: accountId, IsEgress: false },
          ...{ IpProtocol, FromPort, ToPort, CidrIpv4: IpRanges?.[0]?.CidrIp },
        })),
      );
      return benchResponsePage(input, rules.length, 1000, (i) => rules[i], 'SecurityGroupRules');
    }
    case 'DescribeNetworkInterfaces': {
      const { ids } = groups();
      const of = (i: number): object => {
        const id = ids[Math.floor(i / INTERFACES)] ?? '';
        return { NetworkInterfaceId: `eni-${id}${i}`, Groups: [{ GroupId: id }], Attachment: { InstanceId: `i-${id.slice(3)}` } };
      };
      return benchResponsePage(input, ids.length * INTERFACES, 1000, of, 'NetworkInterfaces');
    }
    case 'DescribeTags':
      return { Tags: [] };
    case 'DescribeConfigurationAggregatorSourcesStatus':
      return { AggregatedSourceStatusList: [] };
    case 'SelectAggregateResourceConfig':
      return benchResponsePage(input, size.accounts * size.regions * size.groups, 100, (i) => benchConfigResult(i, size), 'Results');
    default:
      throw new TypeError(`the bench organization has no response for ${api}`);
  }
}

function benchResponsePage(input: Input, total: number, most: number, of: (i: number) => unknown, list: string): object {
  const from = Number(input.NextToken ?? 0);
  const size = Math.min(Number(input.MaxResults ?? input.Limit ?? most), most);
  const next = from + size < total ? { NextToken: String(from + size) } : {};
  return { [list]: makeBenchList(Math.min(size, total - from), (i) => of(from + i)), ...next };
}

/** Returns one group as AWS Config's query returns it: JSON text. */
function benchConfigResult(i: number, { regions, groups }: Size): string {
  const accountId = benchAccountId(Math.floor(i / groups / regions));
  const awsRegion = benchRegion(Math.floor(i / groups) % regions);
  const n = i % groups;
  const id = benchGroupId(accountId, awsRegion, n);
  return JSON.stringify({
    ...{ accountId, awsRegion, resourceId: id, resourceName: `service-${n}`, configurationItemCaptureTime: '2026-11-01T00:00:00.000Z' },
    tags: [{ key: 'Tier', tag: 'Tier=service', value: 'service' }],
    configuration: {
      ...configuration(benchGroupPermissions(n)),
      ...{ groupId: id, groupName: `service-${n}`, ownerId: accountId, vpcId: 'vpc-0123456789abcdef0' },
    },
  });
}
