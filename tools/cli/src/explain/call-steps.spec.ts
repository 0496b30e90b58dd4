import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { callForms, cloudTrailEvent, type CloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { explainApiCall } from './call-steps.js';

const stepsOf = (event: CloudTrailEvent): string[] => {
  const parsed = parseCloudTrailEvent(event);
  return parsed.ok ? explainApiCall(parsed.value) : [];
};

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const [ONE, TWO, THREE] = ['sgr-00000000000000001', 'sgr-00000000000000002', 'sgr-00000000000000003'];
/** The texts of the call forms that `explain` explains in different words. */
const WORDS: Readonly<Partial<Record<keyof typeof callForms, readonly [did: string, names: string]>>> = {
  authorizeIngress: ['the call added tcp/443 from 0.0.0.0/0 and tcp/443 from ::/0', `the group ${GROUP} and the rules ${ONE}, ${TWO}`],
  authorizeIngressByName: [
    'the call added tcp/3389 from 0.0.0.0/0',
    `the group ${GROUP} and the group named \`default\` and the rule ${ONE}`,
  ],
  authorizeIngressRefused: ['the call would have added tcp/443 from 0.0.0.0/0 and tcp/443 from ::/0', `the group ${GROUP}`],
  authorizeIngressOmitted: ['the call added rules that cannot be read', 'no group'],
  revokeIngressById: [`the call removed ${ONE}, ${TWO}`, `the group ${GROUP} and the rules ${ONE}, ${TWO}`],
  revokeIngressUnmatched: ['the call removed tcp/80 from 10.0.0.0/8, and found no tcp/81 from 10.0.0.0/8 to remove', `the group ${GROUP}`],
  revokeEgressRefused: ['the call would have removed all traffic to ::/0', `the group ${GROUP}`],
  modifyManyRules: [
    `the call changed ${ONE} to all traffic with 2001:db8::/32, ${TWO} to tcp/22 with sg-0b0b0b0b0b0b0b0b2, ${THREE} to icmp type 8 with pl-0c0c0c0c0c0c0c0c3`,
    `the group ${GROUP} and the rules ${ONE}, ${TWO}, ${THREE}`,
  ],
  updateDescriptions: ['the call changed only descriptions', `the group ${GROUP}`],
  createGroup: ['the call created the group web', `the group ${GROUP}`],
  deleteGroup: ['the call deleted the group', `the group ${GROUP}`],
  associateVpc: ['the call associated the group with vpc-0e0e0e0e0e0e0e0e5', `the group ${GROUP}`],
  disassociateVpc: ['the call disassociated the group from vpc-0e0e0e0e0e0e0e0e5', `the group ${GROUP}`],
  modifyPrefixList: [
    'the call added 0.0.0.0/1, 128.0.0.0/1 to a prefix list and removed 10.0.0.0/8',
    'the prefix list pl-0c0c0c0c0c0c0c0c3',
  ],
  restorePrefixList: ['the call restored version 1 of a prefix list', 'the prefix list pl-0c0c0c0c0c0c0c0c3'],
  createTags: ['the call set the tag Tier=web', `the group ${GROUP} and the rule ${ONE}`],
  deleteTags: ['the call removed the tag Tier', `the group ${GROUP}`],
  modifyInstance: ['the call made no known change of security group rules', 'no group'],
};

it.each(Object.entries(WORDS) as [keyof typeof callForms, readonly [string, string]][])(
  '`explain` explains what the call %s did and which resources the call names',
  (form, [did, names]) => {
    expect(stepsOf(callForms[form])).toEqual(expect.arrayContaining([did, `the call names ${names}`]));
  },
);

it('`explain` shows the outcome and the caller of a call', () => {
  expect(stepsOf(callForms.authorizeIngressDryRun)).toContain('the call was a dry run: nothing changed');
  expect(stepsOf(callForms.revokeEgressRefused)).toContain('the call was refused with Client.InvalidPermission.NotFound: nothing changed');
  expect(stepsOf(callForms.modifyOneRule)).toContain(
    'the caller is arn:aws:iam::111122223333:role/people/Operator (AssumedRole), session ana, from 203.0.113.10, in the console, with MFA',
  );
});

it('`explain` lists the unreadable fields of a record', () => {
  expect(stepsOf(callForms.authorizeIngressOmitted).at(-1)).toMatch(
    /^`detail\.requestParameters` .*: the record does not show the effect of the call$/,
  );
});

it('`explain` explains that DeleteTags without tags removes all tags', () => {
  const { detail } = callForms.deleteTags;
  const event = cloudTrailEvent({
    ...detail,
    eventName: 'DeleteTags',
    requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: {} },
  });

  expect(stepsOf(event)).toContain('the call removed all tags');
});
