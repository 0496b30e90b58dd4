/** A simulated account and region. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { surveyGroups, type GroupFacts } from '@portcullis/security-groups';
import { liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { AccountRegion, AccountRegionOptions, ClientSettings, GroupChange, OpenAccountRegion } from '../aws/account-region.js';

export const ACCOUNT = '111122223333';

/** Ids that a baseline file accepts. */
export const WEB = 'sg-0000000a';
export const DB = 'sg-0000000b';
export const OLD = 'sg-0000000c';

/** Returns a simulated EC2 with these groups. Rules use the notation of `@portcullis/security-groups/testing`. */
export function region(groups: Readonly<Record<string, readonly string[]>>): SimulatedEc2 {
  const ec2 = new SimulatedEc2([], 'none');
  ec2.delete('none');
  for (const [id, rules] of Object.entries(groups)) addGroup(ec2, id, rules);
  return ec2;
}

export function addGroup(ec2: SimulatedEc2, id: string, rules: readonly string[], facts: Partial<GroupFacts> = {}): void {
  const live = liveRules(...rules).map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-${id}` }));
  ec2.add(id, live, { name: id === DB ? 'db' : 'web', ...facts });
}

/** Returns the calls that would change a group. */
export function writesOf({ calls }: SimulatedEc2): string[] {
  return calls.filter((call) => /^(authorize|revoke|replace|create|delete)/.test(call));
}

export interface TestAccountRegion {
  readonly accountId?: () => Promise<string>;
  /** Yields the newest change first. */
  readonly changesOf?: (groupId: string) => AsyncIterable<GroupChange>;
}

/** What the SDK throws when a policy does not allow a call of a service other than EC2. */
export const accessDenied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: {} });

/** What the SDK throws when there are no credentials. */
export const noCredentials = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
  tryNextLink: false,
});

const LIMITS = { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true };

/** Returns an SDK client. The EC2 client calls the simulated EC2; `aws-sdk-client-mock` mocks the clients of other services. */
function clientOn<C>(ec2: SimulatedEc2, Client: new (settings: ClientSettings) => C): C {
  const client = new Client({ region: 'eu-west-1', maxAttempts: 1, requestHandler: LIMITS });
  return client instanceof EC2Client ? Object.assign(client, { send: (command: never) => ec2.client.send(command) }) : client;
}

/** Opens the same simulated region for any options, and adds the options to `opened`. */
export function openerOf(
  ec2: SimulatedEc2,
  { accountId = () => Promise.resolve(ACCOUNT), changesOf = history({}).changesOf }: TestAccountRegion = {},
  opened: AccountRegionOptions[] = [],
): OpenAccountRegion {
  return (options, signal) => {
    opened.push(options);
    const accountRegion: AccountRegion = {
      region: options.region ?? 'eu-west-1',
      profile: options.profile,
      accountId,
      survey: async function* (filter) {
        yield* surveyGroups(ec2.client, { ...filter, ownerId: await accountId() }, signal);
      },
      groups: ec2,
      client: (Client) => clientOn(ec2, Client),
      changesOf,
    };
    return Promise.resolve(accountRegion);
  };
}

/** Returns a change of the group by a role, on that day of November 2026. */
export function changeBy(role: string, day = '23'): GroupChange {
  return {
    eventId: `e-${day}`,
    eventName: 'AuthorizeSecurityGroupIngress',
    time: `2026-11-${day}T11:00:00Z`,
    actor: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/mallory`,
      issuerArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      sessionName: 'mallory',
      userName: role,
      sourceIp: '198.51.100.7',
      mfa: false,
    },
  };
}

/** Returns a history with these changes, by group id. `asked` lists the groups that were asked about. */
export function history(
  changes: Readonly<Record<string, readonly GroupChange[]>>,
): Required<Pick<TestAccountRegion, 'changesOf'>> & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    changesOf: async function* (groupId) {
      asked.push(groupId);
      yield* await Promise.resolve(changes[groupId] ?? []);
    },
  };
}
