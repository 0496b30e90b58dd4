import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import {
  formatFileProblem,
  readBaselineFile,
  renderCompiledBaseline,
  type FileProblem,
} from '@portcullis/baseline/file';
import { App } from 'cdktf';
import { bundleProblems } from './function-bundle.js';
import { packFunction, readModules, writeFunctionPackage, type FunctionPackage } from './function-package.js';
import { PortcullisStack, type PerGuard } from './portcullis-stack.js';
import { readSettings } from './settings.js';

export interface SynthesiseOptions {
  /** The settings file. */
  readonly settingsFile: string;
  /** The bundle of each function. */
  readonly bundles: PerGuard<string>;
  /** The folder to write to. */
  readonly outdir: string;
}

export type Synthesis =
  | { readonly ok: true; /** The synthesised stack. */ readonly file: string }
  | { readonly ok: false; /** One line each. */ readonly problems: readonly string[] };

/** Writes the Terraform configuration of a settings file, or returns everything that keeps it from doing so. */
export const synthesise = ({ settingsFile, bundles, outdir }: SynthesiseOptions): Synthesis => {
  const settings = readFileWith(settingsFile, readSettings);
  if (!settings.ok) return settings;
  const { name, baseline: baselinePath } = settings.value;

  const baseline = readFileWith(resolve(dirname(settingsFile), baselinePath), readBaselineFile);
  const missing = bundleProblems(Object.values(bundles).map(shown));
  if (!baseline.ok) return { ok: false, problems: [...baseline.problems, ...missing] };
  if (missing.length > 0) return { ok: false, problems: missing };

  const effective = settings.value.mode === 'report' ? reportingOnly(baseline.value) : baseline.value;
  const compiled = renderCompiledBaseline(effective);
  const pack = (guard: keyof PerGuard<string>): FunctionPackage =>
    writeFunctionPackage(
      resolve(outdir, 'packages', `${guard}.zip`),
      packFunction(readModules(bundles[guard]), compiled),
    );
  const packages = { remediator: pack('remediator'), detector: pack('detector') };
  mkdirSync(outdir, { recursive: true });
  const cdktfApp = new App({ outdir });
  new PortcullisStack(cdktfApp, name, { settings: settings.value, baseline: effective, packages });
  cdktfApp.synth();
  return { ok: true, file: join(outdir, 'stacks', name, 'cdk.tf.json') };
};

/** The baselines of a deployment that is to change nothing. Those that already only report are as they were. */
const reportingOnly = (compiled: CompiledBaseline): CompiledBaseline => ({
  ...compiled,
  baselines: compiled.baselines.map((baseline) => ({ ...baseline, mode: 'report' })),
});

type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly FileProblem[] };

const readFileWith = <T>(
  file: string,
  read: (text: string) => Read<T>,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] } => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { ok: false, problems: [`${shown(file)}: cannot be read: ${String(error)}`] };
  }
  const result = read(text);
  if (result.ok) return result;
  return { ok: false, problems: result.problems.map((problem) => formatFileProblem(shown(file), problem)) };
};

/** A path as one would type it here. */
const shown = (file: string): string => (relative('', file).startsWith('..') ? file : relative('', file));
