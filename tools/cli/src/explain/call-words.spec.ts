import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { callForms, cloudTrailEvent, type CloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { callSteps } from './call-words.js';

/** What the call did, and what it names: the last two steps of a record that can be read. */
const toldOf = (event: CloudTrailEvent): string[] => {
  const parsed = parseCloudTrailEvent(event);
  return parsed.ok ? callSteps(parsed.value) : [];
};

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const [ONE, TWO, THREE] = ['sgr-00000000000000001', 'sgr-00000000000000002', 'sgr-00000000000000003'];
const WORDS: Readonly<Record<keyof typeof callForms, readonly [did: string, names: string]>> = {
  authorizeIngress: ['it did this: added tcp/443 from 0.0.0.0/0 and tcp/443 from ::/0', `the group ${GROUP} and the rules ${ONE}, ${TWO}`],
  authorizeIngressFlat: ['it did this: added tcp/22 from 0.0.0.0/0', `the group ${GROUP}`],
  authorizeIngressBeforeRuleSets: ['it did this: added udp/53-54 from 198.51.100.0/24', `the group ${GROUP}`],
  authorizeIngressByName: [
    'it did this: added tcp/3389 from 0.0.0.0/0',
    `the group ${GROUP} and the group named \`default\` and the rule ${ONE}`,
  ],
  authorizeIngressFromGroup: [
    'it did this: added tcp/5432 from sg-0b0b0b0b0b0b0b0b2 (account 111122223333) and tcp/5432 from pl-0c0c0c0c0c0c0c0c3',
    `the group ${GROUP} and the rules ${ONE}, ${TWO}`,
  ],
  authorizeEgress: ['it did this: added all traffic to 0.0.0.0/0', `the group ${GROUP} and the rule ${ONE}`],
  authorizeIngressRefused: ['it would have done this: added tcp/443 from 0.0.0.0/0 and tcp/443 from ::/0', `the group ${GROUP}`],
  authorizeIngressDryRun: ['it would have done this: added tcp/443 from 0.0.0.0/0 and tcp/443 from ::/0', `the group ${GROUP}`],
  authorizeIngressOmitted: ['it did this: added rules that cannot be read', 'no group'],
  revokeIngressFlat: ['it did this: removed tcp/80 from 0.0.0.0/0', `the group ${GROUP}`],
  revokeIngressByValues: ['it did this: removed tcp/80 from sg-0b0b0b0b0b0b0b0b2', `the group ${GROUP} and the rule ${ONE}`],
  revokeIngressById: [`it did this: removed ${ONE}, ${TWO}`, `the group ${GROUP} and the rules ${ONE}, ${TWO}`],
  revokeIngressByIdAnswered: ['it did this: removed tcp/443 from 0.0.0.0/0', `the group ${GROUP} and the rule ${ONE}`],
  revokeIngressUnmatched: [
    'it did this: removed tcp/80 from 10.0.0.0/8, and found no tcp/81 from 10.0.0.0/8 to remove',
    `the group ${GROUP}`,
  ],
  revokeEgressRefused: ['it would have done this: removed all traffic to ::/0', `the group ${GROUP}`],
  modifyOneRule: [`it did this: made ${ONE} into tcp/22 with 0.0.0.0/0`, `the group ${GROUP} and the rule ${ONE}`],
  modifyManyRules: [
    `it did this: made ${ONE} into all traffic with 2001:db8::/32, ${TWO} into tcp/22 with sg-0b0b0b0b0b0b0b0b2, ${THREE} into icmp type 8 with pl-0c0c0c0c0c0c0c0c3`,
    `the group ${GROUP} and the rules ${ONE}, ${TWO}, ${THREE}`,
  ],
  updateDescriptions: ['it did this: changed descriptions alone', `the group ${GROUP}`],
  updateDescriptionsById: ['it did this: changed descriptions alone', `the group ${GROUP} and the rules ${ONE}, ${TWO}`],
  createGroup: ['it did this: made the group web', `the group ${GROUP}`],
  deleteGroup: ['it did this: deleted the group', `the group ${GROUP}`],
  deleteGroupByName: ['it did this: deleted the group', `the group ${GROUP} and the group named \`web\``],
  associateVpc: ['it did this: associated the group with vpc-0e0e0e0e0e0e0e0e5', `the group ${GROUP}`],
  disassociateVpc: ['it did this: disassociated the group from vpc-0e0e0e0e0e0e0e0e5', `the group ${GROUP}`],
  modifyPrefixList: [
    'it did this: added 0.0.0.0/1, 128.0.0.0/1 to a prefix list and removed 10.0.0.0/8',
    'the prefix list pl-0c0c0c0c0c0c0c0c3',
  ],
  restorePrefixList: ['it did this: put version 1 of a prefix list in force again', 'the prefix list pl-0c0c0c0c0c0c0c0c3'],
  createTags: ['it did this: set the tag Tier=web', `the group ${GROUP} and the rule ${ONE}`],
  deleteTags: ['it did this: removed the tag Tier', `the group ${GROUP}`],
  modifyInstance: ['it did this: nothing that is known to change rules', 'no group'],
};

it.each(Object.entries(WORDS) as [keyof typeof callForms, readonly [string, string]][])(
  'says of %s what it did and what it names',
  (form, [did, names]) => {
    expect(toldOf(callForms[form])).toEqual(expect.arrayContaining([did, `it names ${names}`]));
  },
);

it('says how the call ended, and by whom it was', () => {
  expect(toldOf(callForms.authorizeIngressDryRun)).toContain('it was a dry run: nothing changed');
  expect(toldOf(callForms.revokeEgressRefused)).toContain('it was refused with Client.InvalidPermission.NotFound: nothing changed');
  expect(toldOf(callForms.modifyOneRule)).toContain(
    'the caller is arn:aws:iam::111122223333:role/people/Operator (AssumedRole), session ana, from 203.0.113.10, in the console, with MFA',
  );
});

it('says what in the record cannot be read', () => {
  expect(toldOf(callForms.authorizeIngressOmitted).at(-1)).toMatch(
    /^`detail\.requestParameters` .*: the effect of the call is not known from its record$/,
  );
});

it('says that all tags are removed where none is named', () => {
  const { detail } = callForms.deleteTags;
  const event = cloudTrailEvent({
    ...detail,
    eventName: 'DeleteTags',
    requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: {} },
  });

  expect(toldOf(event)).toContain('it did this: removed all tags');
});
