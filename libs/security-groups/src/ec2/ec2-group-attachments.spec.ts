import { DescribeNetworkInterfacesCommand, DescribeTagsCommand, EC2Client, type NetworkInterface } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { lazyAttachmentReader } from './lazy-attachment-reader.js';
import { readGroupAttachments } from './ec2-group-attachments.js';

const client = new EC2Client({ region: 'eu-west-1' });
const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());

const bastion: NetworkInterface = {
  NetworkInterfaceId: 'eni-1',
  Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }],
  Association: { PublicIp: '203.0.113.9' },
  Attachment: { InstanceId: 'i-1' },
};
const user = { kind: 'instance', id: 'i-1', name: 'bastion-1', publicAddresses: ['203.0.113.9'] };
const behind = { interfaces: 1, withPublicAddress: 1, users: [user] };
const denied = Object.assign(new Error('no'), { name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } });

it('reads the network interfaces in one group and the names of their instances in two calls', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [bastion] });
  ec2.on(DescribeTagsCommand).resolves({ Tags: [{ ResourceId: 'i-1', Value: 'bastion-1' }] });

  expect(await readGroupAttachments(client, 'sg-1')).toEqual(behind);
  expect(await lazyAttachmentReader({ region: 'eu-west-1' })('sg-1', AbortSignal.timeout(5_000))).toEqual(behind);
  expect(ec2.calls()).toHaveLength(4);
});

it('`readGroupAttachments` skips empty pages, and stops after the first page that contains a network interface', async () => {
  ec2
    .on(DescribeNetworkInterfacesCommand)
    .resolvesOnce({ NetworkInterfaces: [], NextToken: '2' })
    .resolvesOnce({ NetworkInterfaces: [{ NetworkInterfaceId: 'eni-2' }], NextToken: '3' })
    .rejects(denied);

  expect(await readGroupAttachments(client, 'sg-1')).toMatchObject({ interfaces: 1, withPublicAddress: 0, users: [{ kind: 'other' }] });
});

it('`readGroupAttachments` reads every page if no page contains a network interface', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).resolvesOnce({ NetworkInterfaces: [], NextToken: '2' }).resolvesOnce({ NetworkInterfaces: [] });

  expect(await readGroupAttachments(client, 'sg-1')).toEqual({ interfaces: 0, withPublicAddress: 0, users: [] });
  expect(ec2.calls()).toHaveLength(2);
});

it('`readGroupAttachments` returns null as the name of an instance if the role has no permission to read tags', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [bastion] });
  ec2.on(DescribeTagsCommand).rejects(denied);

  expect(await readGroupAttachments(client, 'sg-1')).toEqual({ ...behind, users: [{ ...user, name: null }] });
});

it.each(['at once', 'on the second page'])('`readGroupAttachments` fails if the network interfaces cannot be read %s', async (when) => {
  const calls = ec2.on(DescribeNetworkInterfacesCommand);
  (when === 'at once' ? calls : calls.resolvesOnce({ NetworkInterfaces: [], NextToken: '2' })).rejects(denied);

  await expect(readGroupAttachments(client, 'sg-1')).rejects.toMatchObject({ operation: 'DescribeNetworkInterfaces', kind: 'denied' });
});
