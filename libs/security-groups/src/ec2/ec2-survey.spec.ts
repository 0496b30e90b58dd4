import { DescribeSecurityGroupsCommand, EC2Client, type SecurityGroup } from '@aws-sdk/client-ec2';
import { formatRule } from '@portcullis/permission-diff';
import { mockClient } from 'aws-sdk-client-mock';
import { UnreadableRuleError } from './errors.js';
import { surveyGroups, type SurveyedGroup, type SurveyFilter } from './ec2-survey.js';

const client = new EC2Client({ region: 'eu-west-1' });
const ec2 = mockClient(client);
beforeEach(() => ec2.reset());

const group = (GroupId: string, changes: Partial<SecurityGroup> = {}): SecurityGroup => ({
  GroupId,
  GroupName: 'web',
  Description: 'the shop',
  VpcId: 'vpc-1',
  OwnerId: '111122223333',
  Tags: [{ Key: 'Tier', Value: 'web' }],
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  IpPermissionsEgress: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  ...changes,
});

async function survey(filter?: SurveyFilter): Promise<SurveyedGroup[][]> {
  const pages: SurveyedGroup[][] = [];
  for await (const page of surveyGroups(client, filter)) pages.push([...page]);
  return pages;
}

const inputs = () => ec2.commandCalls(DescribeSecurityGroupsCommand).map((call) => call.args[0].input);

it('yields groups page by page, each with its rules or the reason why the rules are unreadable', async () => {
  ec2
    .on(DescribeSecurityGroupsCommand)
    .resolvesOnce({ SecurityGroups: [group('sg-1'), group('sg-2', { IpPermissions: [{ IpProtocol: 'gre' }] })], NextToken: 'more' })
    .resolvesOnce({ SecurityGroups: [group('sg-3', { VpcId: undefined, Tags: undefined, Description: undefined })] });

  const pages = await survey();

  const facts = { name: 'web', description: 'the shop', vpcId: 'vpc-1', ownerId: '111122223333', tags: { Tier: 'web' } };
  expect(pages).toMatchObject([[{ id: 'sg-1', ...facts }, { id: 'sg-2' }], [{ id: 'sg-3', vpcId: null, tags: {}, description: null }]]);
  const [readable, unreadable] = pages.flat().map(({ rules }) => rules);
  expect(Array.isArray(readable) && readable.map(formatRule)).toEqual(['tcp/443 from 0.0.0.0/0', 'all traffic to ::/0']);
  expect(unreadable).toBeInstanceOf(UnreadableRuleError);
  expect(inputs()).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: 'more' }]);
});

it('filters groups by id, tag, VPC and owner, and escapes wildcards in tag values', async () => {
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });

  await survey({ ids: ['sg-1'], tags: { Tier: 'web', Team: 'any*?' }, vpcs: ['vpc-1', 'vpc-2'], ownerId: '111122223333' });

  expect(inputs()).toEqual([
    {
      MaxResults: 1000,
      Filters: [
        { Name: 'group-id', Values: ['sg-1'] },
        { Name: 'tag:Tier', Values: ['web'] },
        { Name: 'tag:Team', Values: [String.raw`any\*\?`] },
        { Name: 'vpc-id', Values: ['vpc-1', 'vpc-2'] },
        { Name: 'owner-id', Values: ['111122223333'] },
      ],
    },
  ]);
});
