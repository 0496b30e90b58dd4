import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAwsAccountRegion } from './sdk-account-region.js';
import { awsErrorWords } from './error-words.js';

interface Asked {
  /** The access key that signed the request. */
  readonly key: string;
  readonly region: string;
  readonly body: string;
}

let server: Server;
let endpointUrl: string;
let folder: string;
let asked: Asked[];
let answers: { readonly status: number; readonly body: string }[];
const variables = { ...process.env };

beforeEach(async () => {
  asked = [];
  answers = [];
  folder = mkdtempSync(join(tmpdir(), 'portcullis-aws-'));
  writeFileSync(
    join(folder, 'credentials'),
    '[default]\naws_access_key_id=DEFAULT\naws_secret_access_key=x\n[prod]\naws_access_key_id=PROD\naws_secret_access_key=x\n',
  );
  writeFileSync(join(folder, 'config'), '[default]\nregion=eu-west-3\n[profile prod]\nregion=us-west-2\n');
  // The AWS settings of this machine must not affect the tests.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'credentials');
  process.env.AWS_CONFIG_FILE = join(folder, 'config');
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  server = createServer((request, response) => {
    const [, key = '', region = ''] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asking = Buffer.concat(chunks).toString();
      asked.push({ key, region, body: asking });
      const { status, body } = answers.shift() ?? (asking.includes('GetCallerIdentity') ? CALLER : EMPTY);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  process.env = { ...variables };
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const CALLER = {
  status: 200,
  body: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
};
const EMPTY = {
  status: 200,
  body: '<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><securityGroupInfo/></DescribeSecurityGroupsResponse>',
};
const refusal = (code: string, status: number) => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>`,
});
const signal = new AbortController().signal;

/** Reads all groups of an account and region that is opened with these environment variables and options. */
async function survey(env: Readonly<Record<string, string>>, options: { region?: string; profile?: string } = {}): Promise<void> {
  Object.assign(process.env, env);
  const accountRegion = await openAwsAccountRegion(process.env)({ endpointUrl, ...options }, signal);
  for await (const page of accountRegion.survey()) expect(page).toEqual([]);
}

const KEYS = { AWS_ACCESS_KEY_ID: 'ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'x' };

it.each<[string, Readonly<Record<string, string>>, { region?: string; profile?: string }, string, string]>([
  ['the default profile', {}, {}, 'DEFAULT', 'eu-west-3'],
  ['the named profile', {}, { profile: 'prod' }, 'PROD', 'us-west-2'],
  ['the named profile before keys in the environment', KEYS, { profile: 'prod' }, 'PROD', 'us-west-2'],
  ['AWS_PROFILE', { AWS_PROFILE: 'prod' }, {}, 'PROD', 'us-west-2'],
  ['AWS_DEFAULT_PROFILE', { AWS_DEFAULT_PROFILE: 'prod' }, {}, 'PROD', 'us-west-2'],
  ['keys in the environment before AWS_PROFILE', { ...KEYS, AWS_PROFILE: 'prod' }, {}, 'ENVIRONMENT', 'us-west-2'],
  ['AWS_DEFAULT_REGION', { ...KEYS, AWS_DEFAULT_REGION: 'ap-south-1' }, {}, 'ENVIRONMENT', 'ap-south-1'],
  [
    'AWS_REGION before AWS_DEFAULT_REGION',
    { ...KEYS, AWS_REGION: 'sa-east-1', AWS_DEFAULT_REGION: 'ap-south-1' },
    {},
    'ENVIRONMENT',
    'sa-east-1',
  ],
  [
    'the named region before AWS_REGION',
    { ...KEYS, AWS_REGION: 'sa-east-1' },
    { region: 'eu-north-1', profile: 'prod' },
    'PROD',
    'eu-north-1',
  ],
])('`openAwsAccountRegion` chooses the same region and credentials as the AWS CLI: %s', async (_what, env, options, key, region) => {
  await survey(env, options);

  // The requests are GetCallerIdentity and DescribeSecurityGroups.
  expect(asked.map((each) => [each.key, each.region])).toEqual([
    [key, region],
    [key, region],
  ]);
});

it('an error says what to do if no region is set', async () => {
  writeFileSync(join(folder, 'config'), '');

  await expect(survey(KEYS)).rejects.toThrow('no region is set; expected `--region`, AWS_REGION');
});

it('an error says what to do if AWS_REGION is empty', async () => {
  await expect(survey({ ...KEYS, AWS_REGION: '' })).rejects.toThrow(
    'the region in AWS_REGION or the profile is empty or invalid; expected one such as `eu-west-1`',
  );
});

it.each([
  [{ region: 'x y' }, 'invalid region `x y`; expected one such as `eu-west-1`'],
  [{ region: 'eu-west-1', endpointUrl: 'nope' }, 'invalid endpoint `nope`; expected a URL such as `http://127.0.0.1:4566`'],
  [{ region: 'eu-west-1', endpointUrl: 'file:///etc' }, 'invalid endpoint `file:///etc`'],
])('`openAwsAccountRegion` refuses %j', async (options, words) => {
  await expect(openAwsAccountRegion(process.env)(options, signal)).rejects.toThrow(words);
});

it('`accountId` calls GetCallerIdentity only once', async () => {
  const accountRegion = await openAwsAccountRegion(process.env)({ endpointUrl, region: 'eu-west-1' }, signal);

  expect([await accountRegion.accountId(), await accountRegion.accountId()]).toEqual(['123456789012', '123456789012']);
  expect(asked).toHaveLength(1);
});

it('`survey` yields only the groups that the account owns', async () => {
  await survey(KEYS);

  expect(Object.fromEntries(new URLSearchParams(asked.at(-1)?.body))).toMatchObject({
    Action: 'DescribeSecurityGroups',
    'Filter.1.Name': 'owner-id',
    'Filter.1.Value.1': '123456789012',
  });
});

it('`survey` retries a call that EC2 throttles, and throws if EC2 refuses a call', async () => {
  answers.push(CALLER, refusal('RequestLimitExceeded', 503), EMPTY);
  await survey(KEYS);
  expect(asked).toHaveLength(3);

  answers.push(CALLER, refusal('UnauthorizedOperation', 403));
  await expect(survey(KEYS)).rejects.toMatchObject({ code: 'UnauthorizedOperation', kind: 'denied' });
});

it.each([200, 400])(
  'if an endpoint answers with status %d and no XML of EC2, the error says that the endpoint is not AWS',
  async (status) => {
    answers.push({ status, body: '<!doctype html><html><head><meta charset="utf-8"><title>Proxy</head></html>' });

    const error: unknown = await survey(KEYS).catch((thrown: unknown) => thrown);

    expect(awsErrorWords(error, { region: 'eu-west-3', profile: undefined })).toBe(
      'the endpoint in eu-west-3 that answered GetCallerIdentity is not AWS; check the region, proxies and `--endpoint-url`',
    );
  },
);
