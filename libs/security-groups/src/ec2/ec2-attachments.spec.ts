import { DescribeNetworkInterfacesCommand, DescribeTagsCommand, EC2Client, type NetworkInterface } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { readAttachments, readInstanceNames, type Attachment } from './ec2-attachments.js';

const client = new EC2Client({ region: 'eu-west-1' });
const ec2 = mockClient(client);
beforeEach(() => ec2.reset());

async function attachments(groupIds?: readonly string[]): Promise<Attachment[]> {
  const all: Attachment[] = [];
  for await (const page of readAttachments(client, groupIds)) all.push(...page);
  return all;
}

const networkInterface = (changes: Partial<NetworkInterface> = {}): NetworkInterface => ({
  NetworkInterfaceId: 'eni-1',
  Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }],
  ...changes,
});

const inputs = () => ec2.commandCalls(DescribeNetworkInterfacesCommand).map((call) => call.args[0].input);

it('reads all network interfaces of the account in pages of a thousand', async () => {
  ec2
    .on(DescribeNetworkInterfacesCommand)
    .resolvesOnce({ NetworkInterfaces: [networkInterface()], NextToken: 'more' })
    .resolvesOnce({ NetworkInterfaces: [networkInterface({ NetworkInterfaceId: 'eni-2' }), {}] });

  expect((await attachments()).map(({ id, groupIds }) => [id, groupIds])).toEqual([
    ['eni-1', ['sg-1', 'sg-2']],
    ['eni-2', ['sg-1', 'sg-2']],
  ]);
  expect(inputs()).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: 'more' }]);
});

it('reads the network interfaces in the given groups, with at most 200 group ids in each call', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] });

  await attachments(Array.from({ length: 201 }, (_, i) => `sg-${i}`));

  expect(inputs().map(({ Filters: [filter] = [] }) => [filter?.Name, filter?.Values?.length])).toEqual([
    ['group-id', 200],
    ['group-id', 1],
  ]);
});

it('`readAttachments` fails with a `SecurityGroupCallError` if a call fails', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).rejects(Object.assign(new Error('no'), { name: 'UnauthorizedOperation' }));

  await expect(attachments()).rejects.toMatchObject({ name: 'SecurityGroupCallError', operation: 'DescribeNetworkInterfaces' });
});

it('lists each publicly routable address of a network interface once', async () => {
  const PublicIp = '203.0.113.9';
  ec2.on(DescribeNetworkInterfacesCommand).resolves({
    NetworkInterfaces: [
      networkInterface({
        Association: { PublicIp },
        PrivateIpAddresses: [
          { Association: { PublicIp } },
          { PrivateIpAddress: '10.0.0.1' },
          { Association: { PublicIp: '203.0.113.10' } },
        ],
        Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }, { Ipv6Address: 'fd00::1' }],
      }),
      networkInterface({ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.2' }] }),
    ],
  });

  expect((await attachments()).map(({ publicAddresses }) => publicAddresses)).toEqual([['203.0.113.9', '203.0.113.10', '2001:db8::1'], []]);
});

const UUID = '01234567-89ab-cdef-0123-456789abcdef';

it.each<[Partial<NetworkInterface>, Attachment['user']]>([
  [
    { Attachment: { InstanceId: 'i-1' }, Description: 'ELB app/x/1' },
    { kind: 'instance', id: 'i-1' },
  ],
  [
    { RequesterManaged: true, Description: 'ELB app/shop/50dc6c495c0c9188' },
    { kind: 'load-balancer', id: 'shop' },
  ],
  [
    { RequesterManaged: true, Description: 'ELB net/shop/50dc6c495c0c9188' },
    { kind: 'load-balancer', id: 'shop' },
  ],
  [
    { RequesterManaged: true, Description: 'ELB classic-shop' },
    { kind: 'load-balancer', id: 'classic-shop' },
  ],
  [
    { RequesterManaged: true, Description: `AWS Lambda VPC ENI-orders-${UUID}` },
    { kind: 'function', id: 'orders' },
  ],
  [
    { RequesterManaged: true, InterfaceType: 'lambda', Description: 'a new form' },
    { kind: 'function', id: 'a new form' },
  ],
  [
    { RequesterManaged: true, Description: 'RDSNetworkInterface' },
    { kind: 'database', id: 'RDS' },
  ],
  [
    { RequesterManaged: true, Description: 'VPC Endpoint Interface vpce-1' },
    { kind: 'other', id: 'VPC Endpoint Interface vpce-1' },
  ],
  [{ Description: 'ELB app/forged/1' }, { kind: 'other', id: 'ELB app/forged/1' }],
  [{ Description: '' }, { kind: 'other', id: null }],
])('`readAttachments` finds that the network interface %j is used by %j', async (fields, user) => {
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [networkInterface(fields)] });

  expect((await attachments())[0]?.user).toEqual(user);
});

it('reads the `Name` tags of instances on every page', async () => {
  ec2
    .on(DescribeTagsCommand)
    .resolvesOnce({
      Tags: [
        { ResourceId: 'i-1', Value: 'bastion' },
        { ResourceId: 'i-2', Value: '' },
      ],
      NextToken: 'more',
    })
    .resolvesOnce({ Tags: [{ ResourceId: 'i-3', Value: 'web' }] });

  expect([...(await readInstanceNames(client, ['i-1', 'i-2', 'i-3']))]).toEqual([
    ['i-1', 'bastion'],
    ['i-3', 'web'],
  ]);
  expect(ec2.commandCalls(DescribeTagsCommand)[0]?.args[0].input.Filters).toEqual([
    { Name: 'resource-id', Values: ['i-1', 'i-2', 'i-3'] },
    { Name: 'key', Values: ['Name'] },
  ]);
});
