// Compiles and runs a program that imports every library, once as ES modules and once as CommonJS modules. The compiler runs with its
// strictest options.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const LIBRARIES = ['permission-diff', 'yaml-file', 'baseline', 'cloudtrail', 'finding', 'security-groups', 'guard'];
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const PROGRAM = `
import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import { InvalidBaselineError, parseCompiledBaseline, renderCompiledBaseline, selectBaseline, type CompiledBaseline } from '@portcullis/baseline';
import { readBaselineFile } from '@portcullis/baseline/file';
import { eventPattern } from '@portcullis/cloudtrail';
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import { fixCommandsFor, optionalSinks, severityOfDrift, type FindingSink } from '@portcullis/finding';
import { findingJsonSchema } from '@portcullis/finding/schema';
import { createDetectorHandler } from '@portcullis/guard/detect';
import { createRemediatorHandler } from '@portcullis/guard/restore';
import { invocationTimeLimits } from '@portcullis/guard/runtime';
import { compareAccess, diffPermissions, InvalidPermissionError, readRules, type IpPermission } from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { ec2Reader, planRuleChanges, type Plan } from '@portcullis/security-groups';
import { didYouMean } from '@portcullis/yaml-file';

const ssh: IpPermission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((CidrIp) => ({ IpProtocol: '6', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }));
strictEqual(compareAccess([ssh], halves).equal, true);
deepStrictEqual(diffPermissions([ssh], halves).authorize, [ssh]);
throws(() => diffPermissions([{ IpProtocol: 'gre' }], []), InvalidPermissionError);
const service: SensitiveService | undefined = SENSITIVE_SERVICES.find(({ name }) => name === 'SSH');
strictEqual(service?.port, 22);

const read = readBaselineFile('{ "version": 1, "baselines": [{ "name": "closed", "groups": { "ids": ["sg-0a1b2c3d"] }, "ingress": [] }] }');
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const compiled: CompiledBaseline = parseCompiledBaseline(renderCompiledBaseline(read.value));
throws(() => parseCompiledBaseline('{}'), InvalidBaselineError);
strictEqual(selectBaseline(compiled, { id: 'sg-0a1b2c3d', name: 'web', vpcId: 'vpc-0a1b2c3d', tags: {} }).kind, 'guarded');
strictEqual(didYouMean('ingres', ['ingress', 'egress']), 'ingress');

const rules = readRules([ssh], { direction: 'ingress' });
const [baseline] = compiled.baselines;
if (!rules.ok || baseline === undefined) throw new Error('expected a rule and a baseline');
const live = rules.value.map((rule) => ({ ...rule, ruleId: 'sgr-1', tags: {} }));
const plan: Plan = planRuleChanges({ baseline, limits: [] }, live, { today: '2026-11-23', addresses: new Map() });
deepStrictEqual(plan.revoke.map(({ rule }) => rule.ruleId), ['sgr-1']);
strictEqual(severityOfDrift(rules.value, []), 'critical');
strictEqual(typeof findingJsonSchema()['$id'], 'string');
const sinks: readonly FindingSink[] = optionalSinks({});
strictEqual(sinks.length, 0);

const pattern = { source: ['aws.ec2'] };
strictEqual(matchesPattern(pattern, { source: 'aws.ec2' }), true);
for (const it of [eventPattern, fixCommandsFor, createDetectorHandler, createRemediatorHandler, invocationTimeLimits, ec2Reader]) strictEqual(typeof it, 'function');
`;

const OPTIONS = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2023', '--module', 'nodenext'];

/** Returns one line about the result. @throws {Error} if a program does not compile or fails */
export async function tryPublishedLibraries({ makeScratchFolder, run, version }) {
  const folder = makeScratchFolder('libraries', {});
  await run('npm', ['install', ...LIBRARIES.map((name) => `@portcullis/${name}@${version}`), '@types/node@20'], folder);
  for (const type of ['module', 'commonjs']) {
    mkdirSync(join(folder, type));
    writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(folder, type, 'program.ts'), PROGRAM);
  }
  const programs = ['module/program', 'commonjs/program'];
  await run(process.execPath, [TSC, ...programs.map((name) => `${name}.ts`), '--ignoreConfig', '--types', 'node', ...OPTIONS], folder);
  for (const name of programs) await run(process.execPath, [`${name}.js`], folder);
  return 'a program that imports every library compiles and runs as ES modules and as CommonJS modules';
}
