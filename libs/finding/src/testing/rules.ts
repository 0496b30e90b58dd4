import { InvalidPermissionError, readRules, type Direction, type IpPermission, type Rule } from '@portcullis/permission-diff';

/** @throws {InvalidPermissionError} if EC2 would refuse a permission. */
export function rules(permissions: IpPermission[], direction: Direction = 'ingress'): readonly Rule[] {
  const read = readRules(permissions, { direction });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

export function tcp(port: number, ...cidrs: string[]): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  };
}
