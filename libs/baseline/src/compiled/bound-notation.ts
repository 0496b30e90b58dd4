/** Converts the traffic and the senders (or receivers) of a limit's bound to JSON data and back. */
import { permissionsOf, readCidr, readRules, type IpPermission, type Source, type Traffic } from '@portcullis/permission-diff';

/** The protocol and the ports of a rule, in EC2's fields. */
export type TrafficFields = Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;

const ANYWHERE = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

/** Returns a permission with these traffic fields and an arbitrary source, because `readRules` refuses a permission without a source. */
export function baselineTrafficPermission({ IpProtocol, FromPort, ToPort }: Readonly<Record<string, unknown>>): object {
  return { IpProtocol, FromPort, ToPort, ...ANYWHERE };
}

/** Returns the traffic that EC2's fields describe, or `undefined` if EC2 would refuse the fields. */
export function readBaselineTraffic(fields: Readonly<Record<string, unknown>>): Traffic | undefined {
  const read = readRules([baselineTrafficPermission(fields)]);
  return read.ok ? read.value[0]?.traffic : undefined;
}

/** Returns EC2's fields for the traffic. `readBaselineTraffic` converts the fields back. */
export function compileBaselineTraffic(traffic: Traffic): TrafficFields {
  const [permission = {}] = permissionsOf([{ direction: 'ingress', traffic, source: { kind: 'group', groupId: '' } }]);
  const { UserIdGroupPairs, ...fields } = permission;
  return fields;
}

/** Parses a CIDR block, a prefix list id, or a group id with an optional account (`sg-…@account`). @throws {Error} for any other text. */
export function parseCompiledBaselineSender(text: string): Source {
  if (text.startsWith('pl-')) return { kind: 'prefixList', prefixListId: text };
  if (text.startsWith('sg-')) {
    const [groupId = text, userId] = text.split('@');
    return userId === undefined ? { kind: 'group', groupId } : { kind: 'group', groupId, userId };
  }
  const read = readCidr(text);
  if (!read.ok) throw new Error(`not a CIDR block, group id or prefix list id: ${text}`);
  return read.value;
}
