import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise, type Synthesis } from '../synth/synthesise.js';
import { readTemplate, type Template } from './template.js';

/** Settings that create every optional resource, for an organization with one member. */
export const EVERYTHING = {
  accountId: '111122223333',
  regions: ['eu-west-1', 'us-east-1'],
  kmsKey: 'create',
  wake: true,
  sinks: {
    securityHub: {},
    sns: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' },
    eventBus: { arn: 'arn:aws:events:eu-west-1:111122223333:event-bus/security' },
  },
  organization: { id: 'o-exampleorgid', members: ['444455556666'] },
};

/** Returns a baseline that enforces ingress on these groups. `more` adds or replaces fields. */
export function baselineOf(name: string, ids: readonly string[], more: Readonly<Record<string, unknown>> = {}): object {
  return {
    name,
    groups: { ids },
    ingress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    ...more,
  };
}

/** Returns an enforced limit on SSH, in the format of a baseline file. */
export function limitIn(name: string, groups: object, more: Readonly<Record<string, unknown>> = {}): object {
  const ssh = { services: ['ssh'], onlyFrom: { IpRanges: [{ CidrIp: '10.0.0.0/8' }] } };
  return { name, groups, mode: 'enforce', ingress: [ssh], ...more };
}

/**
 * Synthesises the given settings, baselines and limits with small bundles. Returns the result, the stacks, and the texts of the templates.
 */
export function synthesis(
  settings: Readonly<Record<string, unknown>> = {},
  baselines: readonly object[] = [baselineOf('web', ['sg-00000001'])],
  limits: readonly object[] = [],
): Synthesis & { readonly stacks: readonly Template[]; readonly templateTexts: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'synthesised-'));
  try {
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    write('baseline.json', JSON.stringify({ version: 1, baselines, ...(limits.length > 0 && { limits }) }));
    const result = synthesise({
      settingsFile: write('settings.yaml', JSON.stringify({ regions: ['eu-west-1'], baseline: 'baseline.json', ...settings })),
      bundles: {
        remediator: write('remediator.mjs', 'export const handler = () => "remediator";'),
        detector: write('detector.mjs', 'export const handler = () => "detector";'),
      },
      outdir: join(folder, 'out'),
    });
    const manifest = result.ok ? readFileSync(join(folder, 'out', 'manifest.json'), 'utf8') : '';
    const stacks = result.ok ? result.files.map((file) => readTemplate(readFileSync(file, 'utf8'), manifest)) : [];
    const templateTexts = result.ok ? result.templates.map((file) => readFileSync(file, 'utf8')) : [];
    return { ...result, stacks, templateTexts };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function synthesisedStacks(...args: Parameters<typeof synthesis>): readonly Template[] {
  const result = synthesis(...args);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.stacks;
}

/** Returns the first stack: the central account's stack in the first region. */
export function synthesised(...args: Parameters<typeof synthesisedStacks>): Template {
  const [first] = synthesisedStacks(...args);
  if (first === undefined) throw new Error('no stack was synthesised');
  return first;
}
