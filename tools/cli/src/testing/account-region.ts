import { EC2Client } from '@aws-sdk/client-ec2';
import { surveyGroups, type GroupFacts } from '@portcullis/security-groups';
import { liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { ClientSettings, LastChange, OpenAccountRegion, AccountRegion, AccountRegionOptions } from '../aws/account-region.js';

export const ACCOUNT = '111122223333';

/** The ids of groups: the simulated EC2 takes any, the baseline file only such. */
export const WEB = 'sg-0000000a';
export const DB = 'sg-0000000b';
export const OLD = 'sg-0000000c';

/** A region with groups, of the rules given in the notation of `@portcullis/security-groups/testing`. */
export function region(groups: Readonly<Record<string, readonly string[]>>): SimulatedEc2 {
  const [first = ['', []], ...rest] = Object.entries(groups);
  const ec2 = new SimulatedEc2([], 'none');
  ec2.delete('none');
  for (const [id, rules] of [first, ...rest]) if (id !== '') addGroup(ec2, id, rules);
  return ec2;
}

export function addGroup(ec2: SimulatedEc2, id: string, rules: readonly string[], facts: Partial<GroupFacts> = {}): void {
  const live = liveRules(...rules).map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-${id}` }));
  ec2.add(id, live, { name: id === DB ? 'db' : 'web', ...facts });
}

export interface TestAccountRegion {
  readonly accountId?: () => Promise<string>;
  readonly lastChangeOf?: (groupId: string) => Promise<LastChange | undefined>;
  readonly changesOf?: (groupId: string) => AsyncIterable<LastChange>;
}

/** The simulated EC2 in the SDK's place, and the clients that `aws-sdk-client-mock` answers for. */
function clientOn<C>(ec2: SimulatedEc2, Client: new (settings: ClientSettings) => C): C {
  const client = new Client({ region: 'eu-west-1', maxAttempts: 1, requestHandler: LIMITS });
  return client instanceof EC2Client ? Object.assign(client, { send: (command: never) => ec2.client.send(command) }) : client;
}

const LIMITS = { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true };

/** Whose changes are nobody's. */
async function* nobody(): AsyncGenerator<LastChange> {
  // Nothing to yield.
}

/** Opens the same simulated region, whatever is asked for; `opened` is what was asked for. */
export function openerOf(
  ec2: SimulatedEc2,
  {
    accountId = () => Promise.resolve(ACCOUNT),
    lastChangeOf = () => Promise.resolve(undefined),
    changesOf = nobody,
  }: TestAccountRegion = {},
  opened: AccountRegionOptions[] = [],
): OpenAccountRegion {
  return (options, signal) => {
    opened.push(options);
    const place: AccountRegion = {
      region: options.region ?? 'eu-west-1',
      profile: options.profile,
      accountId,
      survey: async function* (filter) {
        yield* surveyGroups(ec2.client, { ...filter, ownerId: await accountId() }, signal);
      },
      groups: ec2,
      client: (Client) => clientOn(ec2, Client),
      lastChangeOf,
      changesOf,
    };
    return Promise.resolve(place);
  };
}

/** Baselines in the file's own notation: `web` for the group `WEB`, ingress as given. */
export function baselineFile(ingress: readonly string[], more = ''): string {
  const list = ingress.length === 0 ? ' []' : `\n${ingress.map((permission) => `      - ${permission}`).join('\n')}`;
  return `version: 1
baselines:
  - name: web
    groups: { ids: [${WEB}] }
    ingress:${list}
${more}`;
}

export const tcp = (port: number, cidr: string): string =>
  `{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: ${cidr} }] }`;
