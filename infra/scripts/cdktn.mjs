// Synthesises the same sources with CDKTF and with its successor, CDK Terrain, and compares the two outputs. They must differ only in
// package names. `npx nx run infra:cdktn` installs CDK Terrain from the registry into a temporary folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const PACKAGES = { cdktn: '0.24.0', '@cdktn/provider-aws': '25.7.0', constructs: '10.7.2' };

const infra = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'portcullis-cdktn-'));

function run(program, args, options) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`\`${program} ${args[0]}\` failed:\n${stdout}${stderr}`);
}

function synthesise(name, imports) {
  const outdir = join(folder, name);
  run(process.execPath, ['--conditions=@portcullis/source', '--import=tsx', ...imports, join('src', 'main.ts')], {
    cwd: infra,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const stacks = join(outdir, 'stacks');
  return Object.fromEntries(
    readdirSync(stacks).map((stack) => [stack, JSON.parse(readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8'))]),
  );
}

// These keys name the framework and the source of the provider.
function comparable(key, value) {
  return key === '//' || key === 'required_providers' ? undefined : value;
}
function comparison(stack) {
  return JSON.parse(JSON.stringify(stack, comparable));
}

/** Returns the paths at which two JSON values differ. */
function differences(a, b, path = '') {
  if (isDeepStrictEqual(a, b)) return [];
  const isBranch = (value) => typeof value === 'object' && value !== null;
  if (!isBranch(a) || !isBranch(b)) return [`${path}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(a[key], b[key], path === '' ? key : `${path}.${key}`),
  );
}

try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
  // The sources import CDKTF. This hook makes Node load CDK Terrain instead.
  writeFileSync(
    join(folder, 'alias.mjs'),
    `const from = ${JSON.stringify(pathToFileURL(join(folder, 'package.json')).href)};
const alias = (specifier) =>
  specifier === 'cdktf' ? 'cdktn'
  : specifier.startsWith('@cdktf/provider-aws/') ? specifier.replace('@cdktf/', '@cdktn/')
  : specifier === 'constructs' ? specifier : undefined;
export const resolve = (specifier, context, next) => {
  const other = alias(specifier);
  return other === undefined ? next(specifier, context) : next(other, { ...context, parentURL: from });
};
`,
  );
  const hook = `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(join(folder, 'alias.mjs')).href)});`;
  const before = synthesise('cdktf', []);
  const after = synthesise('cdktn', [`--import=data:text/javascript,${encodeURIComponent(hook)}`]);
  const changed = differences(comparison(before), comparison(after));
  for (const difference of changed) console.error(difference);
  const names = Object.entries(PACKAGES).map(([name, version]) => `${name} ${version}`);
  console.log(
    changed.length === 0
      ? `${Object.keys(before).join(', ')}: the same JSON with ${names.join(', ')}`
      : `${changed.length} differences with ${names.join(', ')}`,
  );
  process.exitCode = changed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
