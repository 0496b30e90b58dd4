/** A fleet of security groups on the wire: a stub of EC2's Query protocol that answers about as many groups as are wanted. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Fleet {
  readonly endpoint: string;
  /** The ids of its groups. */
  readonly ids: readonly string[];
  /** How often each call was made. */
  readonly calls: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly groups: number;
  /** Of each group, besides the one that lets everything out. */
  readonly rules: number;
  /** Every so many groups, one lets in SSH from the world that nobody declared. */
  readonly driftEvery: number;
}

/** Source: EC2 API reference, DescribeSecurityGroups. */
const MAX_RESULTS = 1000;

/** Returns the ports that each group of the fleet lets in from 10.0.0.0/8, as declared. */
export function declaredPorts({ rules }: Pick<FleetOptions, 'rules'>): number[] {
  return Array.from({ length: rules }, (_, i) => 8000 + i);
}

/** Serves the fleet on a free port of this machine. */
export async function serveFleet(options: FleetOptions): Promise<Fleet> {
  const ids = Array.from({ length: options.groups }, (_, i) => `sg-${i.toString(16).padStart(17, '0')}`);
  const numbers = new Map(ids.map((id, i) => [id, i]));
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const input = new URLSearchParams(body);
      const action = input.get('Action') ?? '';
      calls.set(action, (calls.get(action) ?? 0) + 1);
      response.setHeader('content-type', 'text/xml');
      response.end(answer(action, input, ids, numbers, options));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ids,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(
  action: string,
  input: URLSearchParams,
  ids: readonly string[],
  numbers: ReadonlyMap<string, number>,
  options: FleetOptions,
): string {
  const wanted = filtered(input, 'group-id');
  const asked = wanted === undefined ? ids : wanted.filter((id) => numbers.has(id));
  switch (action) {
    case 'DescribeSecurityGroups':
      return page(action, 'securityGroupInfo', asked, input, (id) => groupXml(id, numbers.get(id) ?? 0, options));
    case 'DescribeSecurityGroupRules': {
      const rules = asked.flatMap((id) => rulesXml(id, numbers.get(id) ?? 0, options));
      return page(action, 'securityGroupRuleSet', rules, input, (xml) => xml);
    }
    case 'GetCallerIdentity':
      return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    default:
      return `<Response><Errors><Error><Code>InvalidAction</Code><Message>${action}</Message></Error></Errors></Response>`;
  }
}

const ACCOUNT = '123456789012';

function page<T>(action: string, list: string, items: readonly T[], input: URLSearchParams, xmlOf: (item: T) => string): string {
  const start = Number(input.get('NextToken') ?? 0);
  const end = start + Number(input.get('MaxResults') ?? MAX_RESULTS);
  const xml = items.slice(start, end).map(xmlOf).join('');
  const next = end < items.length ? `<nextToken>${end}</nextToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><${list}>${xml}</${list}>${next}</${action}Response>`;
}

function isDrifted(number: number, { driftEvery }: FleetOptions): boolean {
  return number % driftEvery === driftEvery - 1;
}

function portsOf(number: number, options: FleetOptions): { port: number; cidr: string }[] {
  const declared = declaredPorts(options).map((port) => ({ port, cidr: '10.0.0.0/8' }));
  return isDrifted(number, options) ? [...declared, { port: 22, cidr: '0.0.0.0/0' }] : declared;
}

function groupXml(id: string, number: number, options: FleetOptions): string {
  const ingress = portsOf(number, options).map(
    ({ port, cidr }) =>
      `<item><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort><groups/><ipRanges><item><cidrIp>${cidr}</cidrIp><description>service ${port}</description></item></ipRanges><ipv6Ranges/><prefixListIds/></item>`,
  );
  return `<item><ownerId>${ACCOUNT}</ownerId><groupId>${id}</groupId><groupName>service-${number}</groupName><groupDescription>service ${number}</groupDescription><vpcId>vpc-0123456789abcdef0</vpcId><ipPermissions>${ingress.join('')}</ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissionsEgress><tagSet><item><key>Tier</key><value>service</value></item></tagSet></item>`;
}

function rulesXml(id: string, number: number, options: FleetOptions): string[] {
  return portsOf(number, options).map(
    ({ port, cidr }) =>
      `<item><securityGroupRuleId>sgr-${number.toString(16).padStart(12, '0')}${port.toString(16).padStart(5, '0')}</securityGroupRuleId><groupId>${id}</groupId><groupOwnerId>${ACCOUNT}</groupOwnerId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort><cidrIpv4>${cidr}</cidrIpv4><tagSet/></item>`,
  );
}

function filtered(input: URLSearchParams, name: string): string[] | undefined {
  for (let i = 1; input.has(`Filter.${i}.Name`); i += 1) {
    if (input.get(`Filter.${i}.Name`) !== name) continue;
    return [...input].filter(([key]) => key.startsWith(`Filter.${i}.Value.`)).map(([, value]) => value);
  }
  return undefined;
}
