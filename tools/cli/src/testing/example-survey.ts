/** An example survey with everything that a page can show. */
import { parseCloudTrailEvent, type RuleOrigin } from '@portcullis/cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { exposuresOf } from '@portcullis/finding';
import { internetReachability, type GroupAttachments, type NamedAttachmentUser } from '@portcullis/security-groups';
import { liveRules } from '@portcullis/security-groups/testing';
import type { NamedScope } from '../aws/account-region.js';
import { pageOfSurvey } from '../page/from-survey.js';
import type { PageModel } from '../page/page-model.js';
import { surveyExposureSeverity, type SurveyEntry } from '../survey/entry.js';
import type { ReachedGroup } from '../survey/survey-region.js';
import { ACCOUNT } from './account-region.js';
import { idOf } from './example-page.js';

const SCOPE: NamedScope = { accountId: ACCOUNT, region: 'eu-west-1', profile: 'prod' };
const NOW = new Date('2026-11-23T13:05:00Z');

function openedBy(who: object, time: string, more: object = {}): RuleOrigin {
  const parsed = parseCloudTrailEvent(
    cloudTrailEvent({ eventName: 'AuthorizeSecurityGroupIngress', eventID: `e-${time}`, eventTime: time, userIdentity: who, ...more }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { call: parsed.value, certain: true };
}

function person(userName: string): object {
  return { type: 'IAMUser', userName, arn: `arn:aws:iam::${ACCOUNT}:user/${userName}` };
}

function behind(users: readonly NamedAttachmentUser[]): GroupAttachments {
  return { interfaces: users.length, withPublicAddress: users.filter(({ publicAddresses }) => publicAddresses.length > 0).length, users };
}

function instance(name: string, ...publicAddresses: string[]): NamedAttachmentUser {
  return { kind: 'instance', id: `i-${name}`, name, publicAddresses };
}

interface Exposed {
  readonly number: number;
  readonly name: string;
  readonly rules: readonly string[];
  readonly behind: GroupAttachments;
  readonly opened?: RuleOrigin;
  readonly vpc?: string;
  readonly ignored?: SurveyEntry['ignored'];
}

function entriesOf({ number, name, rules, behind: standing, opened, vpc = 'vpc-0123456789abcdef0', ignored }: Exposed): SurveyEntry[] {
  const live = liveRules(...rules).map((rule) => ({ ...rule, ruleId: `sgr-0${number}${rule.ruleId.slice(4)}a1b2c3d4e5f6` }));
  return exposuresOf(live, new Map()).map((exposure) => ({
    scope: SCOPE,
    group: { id: idOf(number), name, vpcId: vpc },
    tags: {},
    exposure,
    behind: standing,
    severity: surveyExposureSeverity(exposure, internetReachability(exposure.rules, standing)),
    baseline: number % 2 === 0 ? 'services' : null,
    origins: new Map(opened === undefined ? [] : exposure.rules.map(({ ruleId }) => [ruleId, opened])),
    ...(ignored !== undefined && { ignored }),
  }));
}

/** @param name the name of the first group */
export function exampleSurvey(name = 'bastion'): PageModel {
  const ben = openedBy(person('ben'), '2026-11-20T16:44:00Z', { userAgent: 'console.amazonaws.com' });
  const exposed: Exposed[] = [
    {
      number: 1,
      name,
      rules: ['tcp 22 from 0.0.0.0/0 # just for tonight'],
      behind: behind([instance('bastion-1', '203.0.113.9')]),
      opened: openedBy(person('ana'), '2026-11-22T23:11:00Z'),
    },
    ...Array.from({ length: 5 }, (_, i): Exposed => ({
      number: 11 + 2 * i,
      name: `build-runner-${i + 1}`,
      rules: ['tcp 3389 from 0.0.0.0/0', 'tcp 3389 from ::/0'],
      behind: behind([instance(`runner-${i + 1}`, `203.0.113.${20 + i}`)]),
      opened: ben,
      vpc: 'vpc-0fedcba9876543210',
    })),
    {
      number: 3,
      name: 'orders-db',
      rules: ['tcp 5432 from 0.0.0.0/0'],
      behind: behind([{ kind: 'database', id: 'orders', name: null, publicAddresses: [] }]),
      opened: openedBy(person('terraform'), '2026-10-02T08:00:00Z', { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0' }),
    },
    { number: 4, name: 'partner-api', rules: ['tcp 8443 from 198.51.0.0/16'], behind: behind([instance('api-1', '203.0.113.40')]) },
    {
      number: 6,
      name: 'storefront',
      rules: ['tcp 443 from 0.0.0.0/0', 'tcp 80 from 0.0.0.0/0'],
      behind: behind([{ kind: 'load-balancer', id: 'storefront', name: null, publicAddresses: ['203.0.113.50', '203.0.113.51'] }]),
    },
    {
      number: 8,
      name: 'demo',
      rules: ['tcp 8001 from 0.0.0.0/0'],
      behind: behind([]),
      ignored: { reason: 'CHG-77, for the trade fair', until: '2026-12-01' },
    },
  ];
  const reached = (number: number, groupName: string, user: NamedAttachmentUser, ...from: [number, string][]): ReachedGroup => ({
    group: { id: idOf(number), name: groupName, vpcId: 'vpc-0123456789abcdef0' },
    behind: behind([user]),
    links: from.map(([source, traffic]) => ({ from: idOf(source), to: idOf(number), traffic })),
  });
  return pageOfSurvey(
    {
      regions: [
        {
          scope: SCOPE,
          groups: 214,
          entries: exposed.flatMap(entriesOf),
          limits: [],
          reached: [
            reached(40, 'payments-db', { kind: 'database', id: 'payments', name: null, publicAddresses: [] }, [1, 'tcp/5432']),
            reached(42, 'orders-api', instance('orders-1'), [6, 'tcp/8080'], [1, 'tcp/22']),
            reached(3, 'orders-db', { kind: 'database', id: 'orders', name: null, publicAddresses: [] }, [42, 'tcp/5432']),
          ],
          unattached: [{ id: idOf(90), name: 'old-web', isReferenced: false }],
          redundant: [],
          historySince: null,
          problems: [],
        },
      ],
      unreadRegions: [
        {
          label: 'prod/ap-south-1',
          profile: 'prod',
          reason: 'the credentials are not allowed to call DescribeSecurityGroups in ap-south-1',
        },
      ],
    },
    NOW,
  );
}
