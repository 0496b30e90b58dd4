import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack, run, tool, tsc, type Packed } from '../testing/packed.js';

jest.setTimeout(120_000);

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => {
  packed.remove();
});

describe('the packed package', () => {
  it('has types that every resolver finds and that match the code', async () => {
    // `testing` is for the workspace only.
    const args = [packed.tarball, '--profile', 'node16', '--exclude-entrypoints', 'testing', '--format', 'json'];
    const { analysis } = JSON.parse(await tool('attw', args)) as {
      readonly analysis: {
        readonly entrypoints: object;
        readonly problems: readonly { readonly kind: string; readonly resolutionKind?: string }[];
      };
    };

    expect(Object.keys(analysis.entrypoints).sort()).toEqual(['.', './exposure', './package.json']);
    // `node10` does not support `exports`. No version of Node that this package supports resolves modules that way.
    expect(analysis.problems.filter(({ resolutionKind }) => resolutionKind !== 'node10')).toEqual([]);
  });

  it('matches its package.json', async () => {
    expect(await tool('publint', [packed.folder, '--strict'])).toContain('All good!');
  });

  it('contains the code, its sources, the README and the license, but no tests', async () => {
    const listing = await run('tar', ['-tzf', packed.tarball], packed.folder);
    const files = listing.split('\n').map((path) => path.replace('package/', ''));

    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'cjs/dist/index.js', 'src/index.ts']),
    );
    expect(files.filter((path) => /\.spec\.|testing\/|tsbuildinfo|src\/package/.test(path))).toEqual([]);
  });
});

const PROGRAM = `
import { compareAccess, diffPermissions, InvalidPermissionError, type AccessComparison, type IpPermission } from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES, type SensitiveService } from '@portcullis/permission-diff/exposure';

const open: IpPermission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((CidrIp) => ({ IpProtocol: '6', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }));
const access: AccessComparison = compareAccess([open], halves);
const authorize: IpPermission[] = diffPermissions([open], halves).authorize;
const service: SensitiveService | undefined = SENSITIVE_SERVICES.find(({ name }) => name === 'SSH');
let refused: readonly string[] = [];
try {
  diffPermissions([{ IpProtocol: 'gre' }], []);
} catch (error) {
  if (error instanceof InvalidPermissionError) refused = error.problems.map(({ code, path }) => code + ' ' + path);
}
console.log(JSON.stringify({ equal: access.equal, authorize, service, refused }));
`;

describe.each<['module' | 'commonjs']>([['module'], ['commonjs']])('a consumer of type `%s`', (type) => {
  let project: string;
  let output: unknown;
  beforeAll(async () => {
    project = await packed.consumer(`consumer-${type}`, type);
    writeFileSync(join(project, 'program.ts'), PROGRAM);
    // Compiles with the strictest options that a user may have set. Node runs the output of the compiler.
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'];
    await tsc(['program.ts', '--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', ...strict], project);
    output = JSON.parse(await run(process.execPath, ['program.js'], project));
  });

  it('has only the package installed', () => {
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@portcullis']);
    expect(readdirSync(join(project, 'node_modules', '@portcullis'))).toEqual(['permission-diff']);
  });

  it('compiles and runs', () => {
    expect(output).toEqual({
      equal: true,
      authorize: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      service: { protocol: 'tcp', port: 22, name: 'SSH' },
      refused: ['unknown-protocol required[0].IpProtocol', 'no-source required[0]'],
    });
  });
});
