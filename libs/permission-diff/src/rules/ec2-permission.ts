/** The types of EC2's permissions. Objects of the AWS SDK match these types, so this package does not need the SDK. */

export interface IpRange {
  CidrIp?: string | undefined;
  Description?: string | undefined;
}

export interface Ipv6Range {
  CidrIpv6?: string | undefined;
  Description?: string | undefined;
}

export interface PrefixListId {
  PrefixListId?: string | undefined;
  Description?: string | undefined;
}

export interface UserIdGroupPair {
  GroupId?: string | undefined;
  UserId?: string | undefined;
  Description?: string | undefined;
  /** Comparisons ignore the name, because several groups can have the same name. */
  GroupName?: string | undefined;
  VpcId?: string | undefined;
  VpcPeeringConnectionId?: string | undefined;
  PeeringStatus?: string | undefined;
}

/**
 * EC2's `IpPermission`: one protocol with a port range (or an ICMP type and code), and all of its sources.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export interface IpPermission {
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  IpRanges?: IpRange[] | undefined;
  Ipv6Ranges?: Ipv6Range[] | undefined;
  PrefixListIds?: PrefixListId[] | undefined;
  UserIdGroupPairs?: UserIdGroupPair[] | undefined;
}
