import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSettings } from '@portcullis/settings';
import { readSynthInputFile, pathInSynthMessage } from '../synth/read-files.js';
import { synthesise, type SynthesiseOptions } from '../synth/synthesise.js';
import { terraformModule, type Stack } from './terraform-module.js';

export interface ModuleOptions extends SynthesiseOptions {
  /**
   * The region to write the module for.
   * @default the only region of the settings
   */
  readonly region?: string | undefined;
}

export type WrittenModule =
  | { readonly ok: true; readonly files: readonly string[]; /** Notes for the user, one line each. */ readonly notes: readonly string[] }
  | { readonly ok: false; /** Each problem is one line. */ readonly problems: readonly string[] };

/** Writes a Terraform module for one region of a settings file, or returns all problems. */
export function writeTerraformModule({ region, ...options }: ModuleOptions): WrittenModule {
  const { settingsFile, outdir } = options;
  const read = readSynthInputFile(settingsFile, readSettings);
  if (!read.ok) return read;
  const refuse = (problem: string): WrittenModule => ({ ok: false, problems: [`${pathInSynthMessage(settingsFile)}: ${problem}`] });
  const regions = read.value.map((each) => each.region);
  const settings = region === undefined && regions.length === 1 ? read.value[0] : read.value.find((each) => each.region === region);
  if (settings === undefined) {
    const which = region === undefined ? 'a module is for one region' : `there is no region \`${region}\``;
    return refuse(`${which}: choose one of ${regions.join(', ')} with \`--region\``);
  }
  if (settings.organization !== undefined)
    return refuse('a module is for one account: remove `organization`, or deploy the stacks of the settings');
  if (isForeignModuleFolder(outdir))
    return { ok: false, problems: [`${pathInSynthMessage(outdir)}: contains files, but no earlier module; name another folder`] };

  const folder = mkdtempSync(join(tmpdir(), 'portcullis-module-'));
  try {
    const synthesis = synthesise({ ...options, outdir: folder });
    if (!synthesis.ok) return synthesis;
    const stackFile = synthesis.files.find((file) => dirname(file).endsWith(`${settings.name}-${settings.region}`)) ?? '';
    const { files, zips } = terraformModule(JSON.parse(readFileSync(stackFile, 'utf8')) as Stack, settings);
    mkdirSync(outdir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(outdir, name), text);
    for (const [name, path] of Object.entries(zips)) copyFileSync(join(dirname(stackFile), path), join(outdir, name));
    return { ok: true, files: [...Object.keys(files), ...Object.keys(zips)].map((name) => join(outdir, name)), notes: synthesis.notes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns whether the folder contains files but no earlier module. */
function isForeignModuleFolder(outdir: string): boolean {
  const names = existsSync(outdir) ? readdirSync(outdir) : [];
  return names.length > 0 && !names.includes('main.tf.json');
}
