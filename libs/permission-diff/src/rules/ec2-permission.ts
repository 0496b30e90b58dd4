/** The lists of one EC2 permission, in EC2's own shape. The types are structural, so no SDK is needed. */

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
  /** Not part of a rule's identity: another group can get the same name. */
  GroupName?: string | undefined;
  VpcId?: string | undefined;
  VpcPeeringConnectionId?: string | undefined;
  PeeringStatus?: string | undefined;
}

/**
 * EC2's `IpPermission`: one protocol and port range (or ICMP type and code), and all its sources.
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
