import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isObject, objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { runProgram } from './program.js';

const require = createRequire(import.meta.url);

const packageDirectory = (name: string, from: NodeJS.Require): string => dirname(from.resolve(`${name}/package.json`));

// The CDKTF app is run as a program, as `cdktf` runs it; nothing of it is imported.
const infraPackage = '@portcullis/infra';

/** The folder of the CDKTF app, wherever that is installed. */
export const infraDirectory = (): string => packageDirectory(infraPackage, require);

/** The folder of a package that the CDKTF app depends on. */
export const infraDependency = (name: string): string =>
  packageDirectory(name, createRequire(join(infraDirectory(), 'package.json')));

export interface SettingsInput {
  /** The text of a baseline file. */
  readonly baselineText: string;
  /** Where the stack is to go: its region and endpoint are set. @default region eu-west-1 of AWS */
  readonly sandbox?: Pick<Sandbox, 'endpoint' | 'region'>;
  /** More settings, in the words of `infra/portcullis.yaml`; they outweigh what is set here. */
  readonly settings?: JsonObject;
}

export interface SynthesiseOptions extends SettingsInput {
  /** The folder to write to. */
  readonly outdir: string;
}

/** Writes `baseline.yaml` and a settings file that names it into a folder; resolves to the path of the settings. */
export const writeSettings = async (
  folder: string,
  { baselineText, sandbox, settings = {} }: SettingsInput,
): Promise<string> => {
  const file = join(folder, 'portcullis.yaml');
  const provider = { ...(sandbox && { endpoint: sandbox.endpoint }), ...objectOf(settings, 'provider') };
  const all = {
    regions: [sandbox?.region ?? 'eu-west-1'],
    baseline: 'baseline.yaml',
    ...settings,
    ...(Object.keys(provider).length > 0 && { provider }),
  };
  await writeFile(join(folder, 'baseline.yaml'), baselineText);
  // JSON is YAML.
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  return file;
};

/** Runs the CDKTF app on a settings file. Resolves to the folder of the stack; rejects with what the app says is wrong. */
export const runSynthesis = async (settingsFile: string, outdir: string): Promise<string> => {
  const out = resolve(outdir);
  const { code, output } = await runProgram(
    process.execPath,
    ['--conditions=@portcullis/source', '--import', 'tsx', join('src', 'main.ts')],
    {
      cwd: infraDirectory(),
      env: { ...process.env, CDKTF_OUTDIR: out, PORTCULLIS_SETTINGS: resolve(settingsFile) },
    },
  );
  if (code !== 0) throw new Error(`the stack cannot be synthesised:\n${output}`);
  return stackDirectory(out);
};

/** The folder of the one stack that was synthesised to `outdir`. */
export const stackDirectory = async (outdir: string): Promise<string> => {
  const manifest = parseObject(await readFile(join(outdir, 'manifest.json'), 'utf8'));
  const stacks = Object.values(objectOf(manifest, 'stacks')).filter(isObject);
  const folder = textOf(stacks[0], 'workingDirectory');
  if (folder === undefined || stacks.length > 1)
    throw new Error(`${join(outdir, 'manifest.json')} names ${stacks.length} stacks, and one was expected`);
  return join(outdir, folder);
};

/**
 * Synthesises the stack that guards the groups of a baseline. The functions must have been built. Resolves to the folder with its `cdk.tf.json`;
 * rejects with every problem of the baseline and the settings, each with its line.
 */
export const synthesise = async (options: SynthesiseOptions): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-settings-'));
  try {
    return await runSynthesis(await writeSettings(folder, options), options.outdir);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
