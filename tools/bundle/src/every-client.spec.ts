import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleLambda } from './bundle-lambda.js';
import { runNode } from './testing/run-node.js';

jest.setTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Returns a successful and a failing response of the query protocol. */
function query(action: string, result: string, code: string): [Answer, Answer] {
  return [
    { status: 200, body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>` },
    { status: 403, body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>` },
  ];
}
/** Returns a successful and a failing response of the JSON protocols. */
function json(result: object, type: string, status = 400): [Answer, Answer] {
  return [
    { status: 200, body: JSON.stringify(result) },
    { status, body: JSON.stringify({ __type: type, message: 'no' }) },
  ];
}

/** The responses to the first and the second call of each operation. */
const ANSWERS: Readonly<Record<string, [Answer, Answer]>> = {
  DescribeSecurityGroupRules: [
    {
      status: 200,
      body: `<DescribeSecurityGroupRulesResponse><securityGroupRuleSet><item><securityGroupRuleId>sgr-1</securityGroupRuleId>
        <isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>445</fromPort><toPort>445</toPort><cidrIpv4>0.0.0.0/0</cidrIpv4>
        <description>a &amp; b</description></item></securityGroupRuleSet></DescribeSecurityGroupRulesResponse>`,
    },
    {
      status: 400,
      body: '<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>',
    },
  ],
  AuthorizeSecurityGroupIngress: [
    { status: 200, body: '<AuthorizeSecurityGroupIngressResponse><return>true</return></AuthorizeSecurityGroupIngressResponse>' },
    { status: 503, body: '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>no</Message></Error></Errors></Response>' },
  ],
  PutEvaluations: json(
    { FailedEvaluations: [{ ComplianceResourceId: 'sg-1', OrderingTimestamp: 1795725463.5 }] },
    'com.amazonaws.configservice#InvalidResultTokenException',
  ),
  PutEvents: json({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }, 'InternalException', 500),
  invocations: json({}, 'ResourceNotFoundException'),
  findings: json(
    { FailedCount: 1, SuccessCount: 0, FailedFindings: [{ Id: 'ü', ErrorCode: 'X', ErrorMessage: 'Y' }] },
    'InvalidAccessException',
  ),
  PublishBatch: query(
    'PublishBatch',
    '<Successful/><Failed><member><Id>1</Id><Code>X</Code><SenderFault>true</SenderFault></member></Failed>',
    'AuthorizationError',
  ),
  AssumeRole: query(
    'AssumeRole',
    `<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
      <Expiration>2026-11-23T10:00:00Z</Expiration></Credentials>`,
    'AccessDenied',
  ),
};

/** Runs a module's handler in a new Node.js process. Returns the handler's result and the requests that the SDK sent. */
async function run(file: string): Promise<{ results: unknown; requests: unknown[] }> {
  const requests: unknown[] = [];
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const trace = [request.headers['x-amzn-trace-id'], request.headers.traceparent];
      const { 'content-type': type, 'x-amz-target': target, 'x-amz-invocation-type': invocation, authorization = '' } = request.headers;
      requests.push({
        method: request.method,
        url: request.url,
        type,
        target,
        invocation,
        trace,
        body,
        key: /Credential=(\w+)/.exec(authorization)?.[1],
        signed: authorization.replace(/.*Signed/, '').replace(/Signature=.*/, ''),
      });
      const [operation = ''] = Object.keys(ANSWERS).filter((name) => `${request.url ?? ''} ${String(target)} ${body}`.includes(name));
      const times = asked.get(operation) ?? 0;
      asked.set(operation, times + 1);
      const answer = ANSWERS[operation]?.[times];
      response.writeHead(answer?.status ?? 501).end(answer?.body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${String(port)}`,
    AWS_LAMBDA_FUNCTION_NAME: 'portcullis',
    _X_AMZN_TRACE_ID: 'Root=1',
  };
  // Lambda's runtime sets this global variable, from which the SDK reads the ids of the invocation.
  const script = `globalThis.awslambda = { InvokeStore: { getXRayTraceId() {}, getTraceparent: () => '00-1' } };
    const { handler } = await import(${JSON.stringify(pathToFileURL(file))}); console.log(JSON.stringify(await handler()));`;
  const { stdout, stderr, exitCode } = await runNode(['--input-type=module', '--eval', script], { cwd: __dirname, env });
  await new Promise((resolve) => server.close(resolve));
  if (exitCode !== 0) throw new Error(stderr);
  return { results: JSON.parse(stdout), requests };
}

const entryPoint = join(__dirname, 'testing', 'every-client.mjs');
const outfile = join(folder, 'bundled', 'main.mjs');
let bytes: number;
beforeAll(async () => {
  ({ bytes } = await bundleLambda({ entryPoint, outfile, budgetBytes: 400_000 }));
});

it('with every client, the bundled SDK sends the same requests and returns the same results and errors as the installed SDK', async () => {
  const [bundled, original] = await Promise.all([run(outfile), run(entryPoint)]);

  expect(original.results).toMatchObject({
    ec2: { answer: { SecurityGroupRules: [{ Description: 'a & b' }] }, error: { name: 'InvalidGroup.NotFound', message: 'no' } },
    authorize: { answer: { Return: true }, error: { name: 'RequestLimitExceeded' } },
    config: { error: { name: 'InvalidResultTokenException', message: 'no' } },
    events: { error: { name: 'InternalException' } },
    lambda: { payload: '{}', error: { name: 'ResourceNotFoundException' } },
    securityhub: { error: { name: 'InvalidAccessException' } },
    sns: { answer: { Failed: [{ Id: '1' }] }, error: { name: 'AuthorizationErrorException' } },
    sts: { answer: { Credentials: { SessionToken: 't' } }, error: { name: 'AccessDenied', httpStatusCode: 403 } },
  });
  expect(original.requests).toHaveLength(16);
  expect(original.requests).toContainEqual(expect.objectContaining({ key: 'AKIAEXAMPLE', trace: ['Root=1', '00-1'] }));
  expect(bundled).toEqual(original);
});

it('the bundle contains no schemas of errors or of unused operations, no event streams, no zlib, and no warning about Node.js versions', () => {
  const text = readFileSync(outfile, 'utf8');

  expect(text).toContain('"DescribeSecurityGroupRules"');
  expect(text).toContain('this bundle does not contain event streams');
  expect(text).not.toMatch(/AcceptVpcEndpointConnections|InvalidResultTokenException|node:zlib|NodeVersionSupportWarning/);
  expect(bytes).toBe(Buffer.byteLength(text));
});

it('`bundleLambda` writes a bundle, a source map and a metafile, always with the same bytes for the same sources', async () => {
  const again = join(folder, 'again', 'main.mjs');
  await bundleLambda({ entryPoint, outfile: again, budgetBytes: 400_000 });

  expect(readFileSync(again)).toEqual(readFileSync(outfile));
  expect(readdirSync(dirname(again)).sort()).toEqual(['main.meta.json', 'main.mjs', 'main.mjs.map']);
});
