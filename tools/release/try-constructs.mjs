// Installs and uses the published packages `@portcullis/cdktf` and `@portcullis/cdktn`. The app in the README must synthesise the same
// stack with CDKTF and with CDK Terrain. This stack must guard a group in the sandbox. The package's command `portcullis-module` must write
// the same Terraform module as the workspace.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const SOURCES = ['--conditions=@portcullis/source', '--import=tsx'];

// The baseline selects groups by name, because the group does not exist yet and has no id.
const BASELINE = `version: 1
baselines:
  - name: web
    groups: { names: [web] }
    ingress:
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
`;
const SETTINGS = 'regions: [eu-west-1]\nbaseline: baseline.yaml\ntrail: existing\n';

/** The compiler options of a project that `cdktf init` creates. */
const OPTIONS = ['--strict', '--target', 'es2018', '--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0'];

/** The versions that our tests use. With the newest versions, a new release of a dependency could break this check. */
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../infra/package.json'), 'utf8'));
const VERSIONS = { ...devDependencies, ...dependencies };

/** Installs a package, and compiles and runs the app in its README. Returns the path of the synthesised stack. */
async function synthesisePublishedApp(framework, { makeScratchFolder, run, version }) {
  const folder = makeScratchFolder(`app-${framework}`, {});
  const peers = [framework, `@${framework}/provider-aws`, 'constructs'].map((name) => `${name}@${VERSIONS[name]}`);
  await run('npm', ['install', `@portcullis/${framework}@${version}`, ...peers], folder);
  const readme = readFileSync(join(folder, 'node_modules', '@portcullis', framework, 'README.md'), 'utf8');
  const [, program] = /^```ts\n([^]*?)^```$/m.exec(readme);
  writeFileSync(join(folder, 'main.ts'), program.replace(", mode: 'report'", ''));
  writeFileSync(join(folder, 'baseline.yaml'), BASELINE);
  await run(process.execPath, [TSC, 'main.ts', '--ignoreConfig', '--skipLibCheck', ...OPTIONS], folder);
  await run(process.execPath, ['main.js'], folder);
  return join(folder, 'cdktf.out', 'stacks', 'guard', 'cdk.tf.json');
}

/** Reads a stack without the keys that differ between the frameworks. */
function readReleasedStack(file) {
  return JSON.parse(readFileSync(file, 'utf8'), (key, value) => (key === '//' || key === 'terraform' ? undefined : value));
}

/**
 * Writes a Terraform module with the published command and one with the workspace's command, and compares the two modules. CDKTF is not
 * installed in the folder of the published command.
 */
async function comparePublishedModule({ makeScratchFolder, run, version }) {
  const folder = makeScratchFolder('module');
  writeFileSync(join(folder, 'portcullis.yaml'), SETTINGS);
  writeFileSync(join(folder, 'baseline.yaml'), BASELINE);
  await run('npx', ['--yes', '-p', `@portcullis/cdktf@${version}`, 'portcullis-module', 'portcullis.yaml', '--out', 'published'], folder);
  await run(
    process.execPath,
    [...SOURCES, 'infra/src/terraform-module/main.ts', join(folder, 'portcullis.yaml'), '--out', join(folder, 'own')],
    '.',
  );
  const names = readdirSync(join(folder, 'own'));
  const differing = names.filter((name) => !readFileSync(join(folder, 'own', name)).equals(readFileSync(join(folder, 'published', name))));
  if (differing.length > 0)
    throw new Error(`the published portcullis-module and the workspace's portcullis-module write different files: ${differing.join(', ')}`);
  return names.length;
}

/** Returns one line about the result. @throws {Error} if the stacks or the modules differ */
export async function tryPublishedConstructs(outside) {
  const [files, [cdktf, cdktn]] = await Promise.all([
    comparePublishedModule(outside),
    Promise.all(['cdktf', 'cdktn'].map((framework) => synthesisePublishedApp(framework, outside))),
  ]);
  if (!isDeepStrictEqual(readReleasedStack(cdktf), readReleasedStack(cdktn))) throw new Error(`${cdktn} differs from ${cdktf}`);
  await outside.run(process.execPath, [...SOURCES, 'tools/sandbox/src/deployment/try-stack.ts', cdktf], '.');
  return `a CDKTF app and a CDK Terrain app synthesise the same stack, which guards a group in the sandbox; portcullis-module writes ${files} files`;
}
