import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleLambda } from './bundle-lambda.js';
import { runNode } from './testing/run-node.js';

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('a handler that uses the EC2 client', () => {
  const entryPoint = join(__dirname, 'testing', 'describe-rules.mjs');
  const outfile = join(folder, 'ec2', 'main.mjs');
  let bytes: number;
  beforeAll(async () => {
    ({ bytes } = await bundleLambda({ entryPoint, outfile }));
  });

  it('is bundled without the schemas of the operations it does not call', () => {
    const text = readFileSync(outfile, 'utf8');

    expect(text).toContain('"DescribeSecurityGroupRules"');
    expect(text).not.toContain('AcceptVpcEndpointConnections');
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(bytes).toBeLessThan(220_000); // 860,000 with the schemas, 300,000 with the credential providers
  });

  it('is bundled without what reads event streams, which loads zlib, and without the notice of other Node.js versions', () => {
    const text = readFileSync(outfile, 'utf8');

    expect(text).toContain('this bundle leaves out event streams');
    expect(text).not.toContain('node:zlib');
    expect(text).not.toContain('NodeVersionSupportWarning');
  });

  it('leaves a source map and a metafile beside it', () => {
    expect(readdirSync(join(folder, 'ec2')).sort()).toEqual(['main.meta.json', 'main.mjs', 'main.mjs.map']);
  });

  it('comes out as the same bytes every time', async () => {
    const again = join(folder, 'again', 'main.mjs');
    await bundleLambda({ entryPoint, outfile: again });

    expect(readFileSync(again)).toEqual(readFileSync(outfile));
  });

  it('runs by itself: it reads what EC2 answers, signed with the keys in the environment', async () => {
    const authorizations: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.setHeader('content-type', 'text/xml').end(`<DescribeSecurityGroupRulesResponse><securityGroupRuleSet><item>
        <securityGroupRuleId>sgr-1</securityGroupRuleId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol>
        <fromPort>445</fromPort><toPort>445</toPort><cidrIpv4>0.0.0.0/0</cidrIpv4>
      </item></securityGroupRuleSet></DescribeSecurityGroupRulesResponse>`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;

    const script = `import { handler } from ${JSON.stringify(pathToFileURL(outfile))};
      console.log(JSON.stringify(await handler({ groupId: 'sg-1' })));`;
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${String(port)}`,
    };
    const { stdout } = await runNode(['--input-type=module', '--eval', script], { cwd: folder, env });
    await new Promise((resolve) => server.close(resolve));

    expect(JSON.parse(stdout)).toEqual([
      {
        SecurityGroupRuleId: 'sgr-1',
        IsEgress: false,
        IpProtocol: 'tcp',
        FromPort: 445,
        ToPort: 445,
        CidrIpv4: '0.0.0.0/0',
      },
    ]);
    expect(authorizations).toEqual([expect.stringContaining('Credential=AKIAEXAMPLE/')]);
  });
});

describe('what a handler loads with import()', () => {
  const outfile = join(folder, 'parts', 'main.mjs');
  const size = (name: string): number => readFileSync(join(folder, 'parts', name)).length;

  it('is a bundle of its own beside it, found from wherever the handler runs', async () => {
    write('deep.mjs', 'export const deep = "from the depth";');
    write('part.mjs', `export const part = async () => (await import('./deep.mjs')).deep; // ${'-'.repeat(99)}`);
    const entryPoint = write('loads.mjs', `export const handler = async () => (await import('./part.mjs')).part();`);

    const { bytes, parts } = await bundleLambda({ entryPoint, outfile });
    const script = `import { handler } from ${JSON.stringify(pathToFileURL(outfile))}; console.log(await handler());`;
    const { stdout } = await runNode(['--input-type=module', '--eval', script], { cwd: tmpdir(), env: {} });

    expect(stdout).toBe('from the depth\n');
    expect(readFileSync(outfile, 'utf8')).not.toContain('from the depth');
    expect(bytes).toBe(size('main.mjs'));
    expect(parts).toEqual(['part.mjs', 'deep.mjs'].map((name) => ({ outfile: join(folder, 'parts', name), bytes: size(name) })));
  });

  it('is bundled under the same conditions', async () => {
    write('outside.mjs', `export { something } from 'left-pad'; export const big = '${'x'.repeat(1_000)}';`);
    const entryPoint = write('loads-outside.mjs', `export const handler = () => import('./outside.mjs');`);

    await expect(bundleLambda({ entryPoint, outfile: join(folder, 'o', 'main.mjs') })).rejects.toThrow('left-pad');
  });

  it('cannot be two modules of one name', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name), { recursive: true });
      write(`${name}/same.mjs`, `export const same = '${name}';`);
    }
    const entryPoint = write('twins.mjs', `export const handler = () => [import('./a/same.mjs'), import('./b/same.mjs')];`);

    await expect(bundleLambda({ entryPoint, outfile: join(folder, 't', 'main.mjs') })).rejects.toThrow(
      /two modules would be `\.\/same\.mjs`/,
    );
  });
});

it('lists every reason not to ship a bundle and writes nothing', async () => {
  const entryPoint = write('two-reasons.mjs', 'export const main = "a text that is longer than the budget";');
  const outfile = join(folder, 'two-reasons', 'main.mjs');

  await expect(bundleLambda({ entryPoint, outfile, budgetBytes: 10 })).rejects.toMatchObject({
    name: 'BundleError',
    problems: [
      expect.stringContaining('expected an export `handler`'),
      expect.stringMatching(/^the bundle is \d+ bytes, over its budget of 10 bytes/),
    ],
  });
  expect(existsSync(outfile)).toBe(false);
});

it("treats a warning of esbuild as a reason not to ship, for it will be somebody's fault at night", async () => {
  const entryPoint = write('warning.mjs', 'export const handler = (event) => typeof event === "strnig";');

  await expect(bundleLambda({ entryPoint, outfile: join(folder, 'w', 'main.mjs') })).rejects.toMatchObject({
    problems: [expect.stringMatching(/warning\.mjs:1: The "typeof" operator will never evaluate to "strnig"/)],
  });
});
