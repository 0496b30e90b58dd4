/** An HTTP server that answers like EC2 and CloudTrail, with any number of security groups. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { makeBenchList } from './bench-inputs.js';

export interface Fleet {
  readonly endpoint: string;
  readonly ids: readonly string[];
  calls(): number;
  stop(): void;
}

/** The ports that each group opens to 10.0.0.0/8, as its baseline declares. */
export const PORTS: readonly number[] = [8000, 8001, 8002, 8003, 8004, 8005];
/** One group in `DRIFT_EVERY` also allows SSH from the internet. */
export const DRIFT_EVERY = 20;

/** The number of network interfaces of each group. The first interface has a public address. */
export const INTERFACES = 4;

/** Source: EC2 API reference, DescribeSecurityGroups. */
const MAX_RESULTS = 1000;
const ACCOUNT = '123456789012';

/** Serves the groups on a free port of this machine. */
export async function serveBenchFleet(groups: number): Promise<Fleet> {
  const ids = makeBenchList(groups, (i) => `sg-${i.toString(16).padStart(17, '0')}`);
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    void text(request).then((body) => {
      // Only requests to CloudTrail have this header. The response is an empty event history.
      if (request.headers['x-amz-target'] !== undefined) return response.end('{"Events":[]}');
      response.setHeader('content-type', 'text/xml');
      return response.end(benchFleetResponseXml(new URLSearchParams(body), ids));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ids,
    calls: () => calls,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function benchFleetResponseXml(input: URLSearchParams, ids: readonly string[]): string {
  const named = [...input.values()].filter((value) => value.startsWith('sg-'));
  const asked = named.length > 0 ? named : ids;
  const action = input.get('Action') ?? '';
  switch (action) {
    case 'DescribeSecurityGroups':
      return benchFleetPageXml(action, 'securityGroupInfo', input, asked, benchGroupXml);
    case 'DescribeSecurityGroupRules':
      return benchFleetPageXml(action, 'securityGroupRuleSet', input, asked.flatMap(benchGroupRulesXml), (xml) => xml);
    case 'DescribeNetworkInterfaces':
      return benchFleetPageXml(action, 'networkInterfaceSet', input, ids.flatMap(benchInterfacesXml), (xml) => xml);
    case 'DescribeTags':
      return benchFleetPageXml(action, 'tagSet', input, [], (xml) => xml);
    case 'GetCallerIdentity':
      return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    default:
      return `<Response><Errors><Error><Code>InvalidAction</Code><Message>${action}</Message></Error></Errors></Response>`;
  }
}

function benchFleetPageXml(
  action: string,
  list: string,
  input: URLSearchParams,
  items: readonly string[],
  xmlOf: (item: string) => string,
): string {
  const start = Number(input.get('NextToken') ?? 0);
  const end = start + Number(input.get('MaxResults') ?? MAX_RESULTS);
  const next = end < items.length ? `<nextToken>${end}</nextToken>` : '';
  const xml = items.slice(start, end).map(xmlOf).join('');
  return `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><${list}>${xml}</${list}>${next}</${action}Response>`;
}

function benchFleetGroupNumber(id: string): number {
  return parseInt(id.slice('sg-'.length), 16);
}

function benchFleetRules(id: string): readonly { readonly port: number; readonly cidr: string }[] {
  const declared = PORTS.map((port) => ({ port, cidr: '10.0.0.0/8' }));
  return benchFleetGroupNumber(id) % DRIFT_EVERY === DRIFT_EVERY - 1 ? [...declared, { port: 22, cidr: '0.0.0.0/0' }] : declared;
}

function benchGroupXml(id: string): string {
  const ingress = benchFleetRules(id).map(
    ({ port, cidr }) =>
      `<item><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort><groups/><ipRanges><item><cidrIp>${cidr}</cidrIp><description>service ${port}</description></item></ipRanges><ipv6Ranges/><prefixListIds/></item>`,
  );
  return `<item><ownerId>${ACCOUNT}</ownerId><groupId>${id}</groupId><groupName>service-${benchFleetGroupNumber(id)}</groupName><groupDescription>service</groupDescription><vpcId>vpc-0123456789abcdef0</vpcId><ipPermissions>${ingress.join('')}</ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissionsEgress><tagSet><item><key>Tier</key><value>service</value></item></tagSet></item>`;
}

function benchGroupRulesXml(id: string): readonly string[] {
  return benchFleetRules(id).map(
    ({ port, cidr }) =>
      `<item><securityGroupRuleId>sgr-${id.slice(-12)}${port.toString(16).padStart(5, '0')}</securityGroupRuleId><groupId>${id}</groupId><groupOwnerId>${ACCOUNT}</groupOwnerId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort><cidrIpv4>${cidr}</cidrIpv4><tagSet/></item>`,
  );
}

function benchInterfacesXml(id: string): readonly string[] {
  return makeBenchList(INTERFACES, (i) => {
    const association = i === 0 ? '<association><publicIp>203.0.113.9</publicIp></association>' : '';
    return `<item><networkInterfaceId>eni-${id.slice(-16)}${i}</networkInterfaceId><groupSet><item><groupId>${id}</groupId></item></groupSet><attachment><instanceId>i-${id.slice(-17)}</instanceId></attachment>${association}</item>`;
  });
}
