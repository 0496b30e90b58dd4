/** Reads the network interfaces in security groups, and the instances, load balancers and other resources that use these interfaces. */
import { DescribeNetworkInterfacesCommand, DescribeTagsCommand, type EC2Client, type NetworkInterface } from '@aws-sdk/client-ec2';
import { ec2FiltersInChunks, MAX_RESULTS, readAllEc2Pages, readEachEc2Page } from './pages.js';

/** A network interface that is in one or more groups. */
export interface Attachment {
  readonly id: string;
  readonly groupIds: readonly string[];
  /** Publicly routable addresses: public IPv4 addresses, and IPv6 addresses outside of `fc00::/7`. */
  readonly publicAddresses: readonly string[];
  readonly user: AttachmentUser;
}

export interface AttachmentUser {
  readonly kind: 'instance' | 'load-balancer' | 'function' | 'database' | 'other';
  /**
   * The id of the instance. For any other resource, the name in the interface's description, or else the whole description. Null if the
   * interface has no description.
   */
  readonly id: string | null;
}

/**
 * Yields the network interfaces page by page.
 *
 * @param groupIds the ids of the groups. An interface in several of these groups can be yielded several times.
 * @default every interface of the account in the region
 * @param signal aborts the current call. The aborted call fails with the kind `transient`.
 * @throws {SecurityGroupCallError} if a call fails.
 */
export async function* readAttachments(
  client: EC2Client,
  groupIds?: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Attachment[]> {
  for (const filter of ec2FiltersInChunks('group-id', groupIds)) {
    const input = { MaxResults: MAX_RESULTS, ...(filter.length > 0 && { Filters: filter }) };
    const pages = readEachEc2Page(
      'DescribeNetworkInterfaces',
      (page) => client.send(new DescribeNetworkInterfacesCommand({ ...input, ...page }), { abortSignal: signal }),
      ({ NetworkInterfaces }) => NetworkInterfaces,
    );
    for await (const page of pages) yield page.flatMap(attachmentOfNetworkInterface);
  }
}

/**
 * Returns the `Name` tag of each instance, by instance id. Do not trust the names: anybody with the permission to tag an instance can
 * change its name.
 *
 * @throws {SecurityGroupCallError}
 */
export async function readInstanceNames(
  client: EC2Client,
  instanceIds: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const filter of ec2FiltersInChunks('resource-id', instanceIds)) {
    const Filters = [...filter, { Name: 'key', Values: ['Name'] }];
    const tags = await readAllEc2Pages(
      'DescribeTags',
      (page) => client.send(new DescribeTagsCommand({ Filters, ...page }), { abortSignal: signal }),
      ({ Tags }) => Tags,
    );
    for (const { ResourceId, Value } of tags) if (ResourceId !== undefined && Value) names.set(ResourceId, Value);
  }
  return names;
}

function attachmentOfNetworkInterface(found: NetworkInterface): Attachment[] {
  if (found.NetworkInterfaceId === undefined) return [];
  const ipv4 = [found.Association, ...(found.PrivateIpAddresses ?? []).map(({ Association }) => Association)];
  const ipv6 = (found.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []).filter((address) => !/^f[cd]/i.test(address));
  return [
    {
      id: found.NetworkInterfaceId,
      groupIds: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      publicAddresses: [...new Set([...ipv4.flatMap((association) => association?.PublicIp ?? []), ...ipv6])],
      user: userOfNetworkInterface(found),
    },
  ];
}

/**
 * Patterns for the descriptions that AWS services give to the interfaces that they manage.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 */
const MANAGED: readonly (readonly [AttachmentUser['kind'], RegExp])[] = [
  ['load-balancer', /^ELB (?:(?:app|net|gwy)\/)?([^/]+)/],
  ['function', /^AWS Lambda VPC ENI-(.+?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/],
  ['database', /^(RDS)NetworkInterface/],
];

function userOfNetworkInterface({ Attachment: attached, RequesterManaged, InterfaceType, Description }: NetworkInterface): AttachmentUser {
  if (attached?.InstanceId !== undefined) return { kind: 'instance', id: attached.InstanceId };
  const description = Description === undefined || Description === '' ? null : Description;
  // Trust the description only if an AWS service manages the interface. The creator of any other interface can choose the description.
  if (RequesterManaged !== true) return { kind: 'other', id: description };
  for (const [kind, pattern] of MANAGED) {
    const name = pattern.exec(description ?? '')?.[1];
    if (name !== undefined) return { kind, id: name };
  }
  return { kind: InterfaceType === 'lambda' ? 'function' : 'other', id: description };
}
