/** Renders a page with everything that a page can show. */
import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { stateOf, type GroupNames, type GroupState } from '../audit/group-state.js';
import { htmlPage } from '../render/html-page.js';
import { ACCOUNT, callBy, type TestCall } from './account-region.js';

function group(number: number, name: string | null): GroupNames {
  return { id: `sg-${number.toString(16).padStart(17, '0')}`, name, vpcId: 'vpc-0123456789abcdef0' };
}

function drifted(number: number, name: string, declared: string[], live: string[], by?: TestCall['by'] | null): GroupState {
  const permit = [{ rule: 'tcp 8443 from 192.0.2.0/24', until: '2027-01-31', reason: 'CHG-1234 migration' }];
  const state = stateOf(group(number, name), baseline(declared, { name, permit }), liveRules(...live), '2026-11-23');
  if (state.kind !== 'drifted' || by === undefined) return state;
  const [first] = state.plan.revoke;
  const origins = new Map(by === null || first === undefined ? [] : [[first.rule.ruleId, { call: callBy({ by }), certain: true }]]);
  return { ...state, origins, historySince: null };
}

/** @param fine the number of groups that are as declared */
export function examplePage(fine = 40): string {
  const states: GroupState[] = [
    drifted(
      1,
      'public-web-frontend-load-balancer',
      ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 443 from ::/0'],
      [
        'tcp 80 from 0.0.0.0/0',
        'tcp 22 from 0.0.0.0/0 # temporary, remove after the weekend',
        'tcp 3389 from ::/0',
        'tcp 8443 from 192.0.2.0/24',
        'tcp 443 from 2001:db8:1234:5678:9abc:def0:1234:5678/128',
      ],
      'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Administrator_0123456789abcdef',
    ),
    drifted(2, 'orders-database', ['tcp 5432 from sg-00000001'], ['tcp 5432 from sg-00000001', '-1 from 0.0.0.0/0'], null),
    drifted(3, 'api', ['tcp 443 from 10.0.0.0/8'], ['tcp 443 from 10.0.0.0/8', 'tcp 8080 from 0.0.0.0/0']),
    drifted(4, 'batch', ['tcp 9100 from 10.0.0.0/8'], []),
    { kind: 'ambiguous', group: group(5, 'shared'), baselines: ['web', 'all'], reason: 'several baselines select it: web, all' },
    { kind: 'absent', group: group(6, null), baselines: ['old-web'], reason: 'it does not exist here' },
    { kind: 'unread', group: group(7, 'odd'), baselines: ['odd'], reason: 'EC2 did not answer (RequestLimitExceeded)' },
    ...Array.from({ length: fine }, (_, i): GroupState => ({
      kind: 'at-baseline',
      group: group(100 + i, `service-${i + 1}`),
      baseline: 'services',
    })),
  ];
  return htmlPage({
    baselineFile: 'infra/baseline.yaml',
    at: '2026-11-23T03:05:00.000Z',
    regions: [{ accountId: ACCOUNT, region: 'eu-west-1', profile: 'prod', states }],
  });
}
