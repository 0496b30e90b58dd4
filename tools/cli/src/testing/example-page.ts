/** A page with everything that a page may have, for those who look at it. */
import { baseline, liveRules } from '@portcullis/security-groups/testing';
import type { LastChange } from '../aws/account-region.js';
import { stateOf, type GroupState } from '../audit/group-state.js';
import { renderHtml } from '../render/html.js';

const TODAY = '2026-11-23';

const mallory: LastChange = {
  eventId: '7a5e8a0c-1111-4222-8333-444455556666',
  eventName: 'AuthorizeSecurityGroupIngress',
  time: '2026-11-23T02:47:11Z',
  actor: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Administrator_0123456789abcdef/mallory@example.com',
    issuerArn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Administrator_0123456789abcdef',
    sessionName: 'mallory@example.com',
    userName: 'AWSReservedSSO_Administrator_0123456789abcdef',
    sourceIp: '198.51.100.7',
    mfa: true,
  },
};

function group(number: number, name: string | null): { id: string; name: string | null; vpcId: string } {
  return { id: `sg-${number.toString(16).padStart(17, '0')}`, name, vpcId: 'vpc-0123456789abcdef0' };
}

function drifted(number: number, name: string, declared: string[], live: string[], lastChange?: LastChange | null): GroupState {
  const state = stateOf(
    group(number, name),
    baseline(declared, {
      name,
      permit: [{ rule: 'tcp 8443 from 192.0.2.0/24', until: '2027-01-31', reason: 'CHG-1234 migration' }],
    }),
    liveRules(...live),
    TODAY,
  );
  return state.kind === 'drifted' && lastChange !== undefined ? { ...state, lastChange } : state;
}

/** @param fine how many groups are as declared. */
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
      mallory,
    ),
    drifted(2, 'orders-database', ['tcp 5432 from sg-00000001'], ['tcp 5432 from sg-00000001', '-1 from 0.0.0.0/0'], null),
    drifted(3, 'api', ['tcp 443 from 10.0.0.0/8'], ['tcp 443 from 10.0.0.0/8', 'tcp 8080 from 0.0.0.0/0']),
    drifted(4, 'batch', ['tcp 9100 from 10.0.0.0/8'], []),
    { kind: 'ambiguous', group: group(5, 'shared'), baselines: ['web', 'everything'] },
    { kind: 'absent', group: group(6, null), baseline: 'old-web' },
    { kind: 'unread', group: group(7, 'odd'), baseline: 'odd', reason: 'EC2 did not answer (RequestLimitExceeded)' },
    ...Array.from({ length: fine }, (_, i): GroupState => ({
      kind: 'at-baseline',
      group: group(100 + i, `service-${i + 1}`),
      baseline: 'services',
    })),
  ];
  return renderHtml({
    title: 'Security groups beside their baseline',
    baselineFile: 'infra/baseline.yaml',
    at: '2026-11-23T03:05:00.000Z',
    places: [{ accountId: '111122223333', region: 'eu-west-1', profile: 'prod', states }],
  });
}
