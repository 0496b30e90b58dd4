// A protocol other than tcp, udp and icmp has no ports, and EC2 takes a rule for it without any (icmpv6: every type).
// moto turns the missing port into a number and fails with HTTP 500. It is given -1, which is also what
// DescribeSecurityGroupRules shows for "no ports" on AWS. EC2 shows protocol 58 as `icmpv6`; moto translates only 1, 6
// and 17.
import { withForm, type ApiRequest } from '../api-request.js';
import type { FormPairs } from '../query-form.js';

const withPorts = new Set(['tcp', '6', 'udp', '17', 'icmp', '1', '-1', 'all']);

const mendProtocol = (pairs: FormPairs, name: string, protocol: string): FormPairs => {
  const prefix = name.slice(0, -'IpProtocol'.length);
  const named = pairs.map(([key, value]) => [key, key === name && value === '58' ? 'icmpv6' : value] as const);
  if (withPorts.has(protocol.toLowerCase())) return named;
  const missing = ['FromPort', 'ToPort'].filter((port) => !pairs.some(([key]) => key === prefix + port));
  return [...named, ...missing.map((port) => [prefix + port, '-1'] as const)];
};

/** The call as moto can take it. */
export const withPortsForMoto = (request: ApiRequest): ApiRequest => {
  const form = request.form ?? [];
  const mended = form.reduce<FormPairs>(
    (pairs, [name, value]) => (/(^|\.)IpProtocol$/.test(name) ? mendProtocol(pairs, name, value) : pairs),
    form,
  );
  return withForm(request, mended);
};
