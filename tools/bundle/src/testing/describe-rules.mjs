// A handler as ours are: one EC2 client, made at import, asked for the rules of the group in the event.
import { DescribeSecurityGroupRulesCommand, EC2Client } from '@aws-sdk/client-ec2';

const client = new EC2Client({});

export async function handler({ groupId }) {
  const filter = { Name: 'group-id', Values: [groupId] };
  const { SecurityGroupRules } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [filter] }));
  return SecurityGroupRules;
}
