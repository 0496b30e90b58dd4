/** Example pages: one page shows everything that a page can show, and another page has very many groups. */
import type { ApiCall } from '@portcullis/cloudtrail';
import { SEVERITIES } from '@portcullis/finding';
import type { NamedAttachmentUser } from '@portcullis/security-groups';
import { baseline, liveRules } from '@portcullis/security-groups/testing';
import type { GroupNames, GroupState } from '../plan/group-state.js';
import { stateOfBaseline } from './states.js';
import { pageOfGroupStates } from '../page/from-states.js';
import type { PageModel } from '../page/page-model.js';
import type { DriftChange } from '../report/compare.js';
import type { Trend } from '../report/trend.js';
import { ACCOUNT, callBy } from './account-region.js';

export function idOf(number: number): string {
  return `sg-${number.toString(16).padStart(17, '0')}`;
}

function group(number: number, name: string | null, vpcId = 'vpc-0123456789abcdef0'): GroupNames {
  return { id: idOf(number), name, vpcId };
}

function stateWith(names: GroupNames, declared: string[], live: string[], opened?: ApiCall | null): GroupState {
  const permit = [{ rule: 'tcp 8443 from 192.0.2.0/24', until: '2027-01-31', reason: 'CHG-1234 migration' }];
  const state = stateOfBaseline(names, baseline(declared, { name: names.name ?? 'web', permit }), liveRules(...live));
  if (state.kind !== 'drifted' || opened === undefined) return state;
  const origins = opened === null ? [] : state.plan.revoke.map(({ rule }) => [rule.ruleId, { call: opened, certain: true }] as const);
  return { ...state, origins: new Map(origins), removals: new Map(), historySince: null };
}

/** Adds what is attached to the groups with these names. */
function withUsers(states: readonly GroupState[], users: Readonly<Record<string, NamedAttachmentUser>>): GroupState[] {
  return states.map((state) => {
    const user = users[state.group.name ?? ''];
    if (user === undefined || (state.kind !== 'drifted' && state.kind !== 'at-baseline')) return state;
    return { ...state, behind: { interfaces: 1, withPublicAddress: user.publicAddresses.length, users: [user] } };
  });
}

function pageOf(states: readonly GroupState[]): PageModel {
  return pageOfGroupStates({
    baselineFile: 'infra/baseline.yaml',
    at: '2026-11-23T13:05:00.000Z',
    regions: [{ accountId: ACCOUNT, region: 'eu-west-1', profile: 'prod', states }],
  });
}

/** @param fine the number of groups without drift */
export function examplePlan(fine = 40): PageModel {
  const [bastion, web, api, workers] = [1, 3, 4, 30].map(idOf);
  const toWorkers = Array.from({ length: 6 }, (_, i): GroupState =>
    stateWith(
      group(30 + i, `worker-${i + 1}`),
      ['tcp 9100 from 10.0.0.0/8'],
      ['tcp 9100 from 10.0.0.0/8', 'tcp 2375 from 10.0.0.0/8 # debugging'],
      callBy({ by: 'ci-deploy', day: '20' }),
    ),
  );
  const states: GroupState[] = [
    stateWith(
      group(1, 'bastion'),
      ['tcp 22 from 203.0.113.0/24'],
      ['tcp 22 from 203.0.113.0/24', 'tcp 22 from 0.0.0.0/0 # temporary, remove after the weekend'],
      callBy({ by: 'Administrator', day: '22' }),
    ),
    stateWith(
      group(2, 'payments-db'),
      [`tcp 5432 from ${bastion}`, `tcp 5432 from ${api}`],
      [`tcp 5432 from ${bastion}`, `tcp 5432 from ${api}`],
    ),
    stateWith(
      group(3, 'public-web-frontend-load-balancer'),
      ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 443 from ::/0'],
      [
        'tcp 80 from 0.0.0.0/0',
        'tcp 3389 from ::/0',
        'tcp 8443 from 192.0.2.0/24',
        'tcp 443 from 2001:db8:1234:5678:9abc:def0:1234:5678/128',
      ],
      callBy({ by: 'platform-engineer', day: '17' }),
    ),
    stateWith(group(4, 'api'), [`tcp 8080 from ${web}`], [`tcp 8080 from ${web}`, 'tcp 8080 from 0.0.0.0/0'], null),
    stateWith(
      group(5, 'batch', 'vpc-0fedcba9876543210'),
      [`tcp 9100 from ${workers}`, 'tcp 9100 from 10.0.0.0/8'],
      [`tcp 9100 from ${workers}`],
    ),
    ...toWorkers,
    { kind: 'ambiguous', group: group(15, 'shared'), baselines: ['web', 'all'], reason: 'several baselines select the group: web, all' },
    { kind: 'absent', group: group(16, null), baselines: ['old-web'], reason: 'it does not exist here' },
    { kind: 'unread', group: group(17, 'odd'), baselines: ['odd'], reason: 'EC2 did not answer (RequestLimitExceeded)' },
    ...Array.from({ length: fine }, (_, i): GroupState => ({
      kind: 'at-baseline',
      group: group(100 + i, `service-${i + 1}`),
      baseline: 'services',
    })),
  ];
  return pageOf(
    withUsers(states, {
      bastion: { kind: 'instance', id: 'i-1', name: 'bastion-1', publicAddresses: ['203.0.113.9'] },
      'public-web-frontend-load-balancer': { kind: 'load-balancer', id: 'frontend', name: null, publicAddresses: ['203.0.113.50'] },
      api: { kind: 'instance', id: 'i-2', name: 'api-1', publicAddresses: [] },
      'payments-db': { kind: 'database', id: 'payments', name: null, publicAddresses: [] },
    }),
  );
}

/** Returns a fleet in which `drifted` groups differ from their baselines in different ways. */
export function exampleFleet(drifted: number, fine: number): PageModel {
  const states = Array.from({ length: drifted + fine }, (_, i): GroupState => {
    const declared = i % 10 === 0 ? [] : [`tcp 443 from ${idOf(i - (i % 10) + 1)}`];
    const port = i % 9 === 0 ? 22 : 8000 + i;
    const opened = `tcp ${port} from ${i % 3 === 0 ? '0.0.0.0/0' : `10.${i % 200}.0.0/16`}`;
    const names = group(i + 1, `service-${i + 1}`, `vpc-0000000000000000${i % 8}`);
    return stateWith(
      names,
      declared,
      i < drifted ? [...declared, opened] : declared,
      callBy({ by: `engineer-${i % 5}`, day: String(10 + (i % 12)) }),
    );
  });
  const page = pageOf(states);
  return { ...page, since: sinceOf(page, drifted) };
}

/** Returns a comparison with five earlier reports, and with so many rules that the page folds some of the rules. */
function sinceOf({ findings }: PageModel, drifted: number): Trend {
  const DAY = 86_400_000;
  const KINDS = [
    { kind: 'new', open: { min: 0, max: 7 * DAY } },
    { kind: 'open', open: { min: 28 * DAY, max: null } },
    { kind: 'gone', open: { min: 3 * DAY, max: 10 * DAY } },
    { kind: 'unknown', open: { min: 0, max: null } },
  ] as const;
  return {
    reports: [150, 121, 97, 130, 124, drifted].map((count, i) => ({
      at: new Date(Date.UTC(2026, 9, 19 + 7 * i, 13, 5)).toISOString(),
      ...{ drifted: count, fileName: null, baselineDigest: null, places: new Map() },
    })),
    changes: KINDS.flatMap((kind, k) =>
      findings.slice(k * 6, k * 6 + 6).map(({ group: { id, name, accountId, region }, tone }, i): DriftChange => ({
        ...{ ...kind, groupId: id, name, accountId, region, profile: null, severity: SEVERITIES.find((each) => each === tone) ?? 'low' },
        ...{ action: 'revoke', direction: 'ingress', rule: `tcp/${8000 + i} from 0.0.0.0/0`, ruleId: null, changedAt: null },
      })),
    ),
    notes: [
      'Time to detect: median 12 s, mean 20 s, 90% within 40 s (31 findings).',
      'Time to restore: median 4 minutes, mean 6 minutes, 90% within 15 minutes (28 restorations).',
    ],
  };
}
