import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseObject, textOf } from '../json.js';
import { infraDirectory } from '../provision/synthesise.js';
import { runProgram } from '../provision/program.js';
import { isAccepted, oldestProvider } from './accepted-provider.js';
import { mirroredProviders, terraformPlatform, type MirroredProvider } from './mirror.js';
import {
  searchForMirror,
  statedPlaces,
  usualPrefixes,
  type Machine,
  type Place,
  type SearchLimits,
} from './mirror-places.js';
import { compareVersions, formatVersion, parseVersion, type Version } from './version.js';

/** Terraform, as it is found on the PATH. */
export interface Terraform {
  readonly path: string;
  readonly version: Version;
}

/** Where the AWS provider comes from. */
export type Provider =
  | (MirroredProvider & {
      readonly source: 'mirror';
      /** Who says that the mirror is there. */
      readonly origin: string;
    })
  | { readonly source: 'registry'; /** Or later. */ readonly version: Version };

/** What there is to deploy with, or what is missing. */
export type Discovery =
  | {
      readonly ok: true;
      readonly terraform: Terraform;
      readonly provider: Provider;
      /** What was found, in a line. */
      readonly summary: string;
    }
  | {
      readonly ok: false;
      readonly missing: 'terraform' | 'provider';
      /** What is missing and how to get it. */
      readonly summary: string;
    };

export interface DiscoverOptions {
  /** @default this one */
  readonly machine?: Machine;
  /** The oldest version of the provider that is wanted; any later one of that major version is as welcome. @default what a synthesised stack accepts */
  readonly oldest?: Version;
  /** Reports whether the network registry answers. Asked only when no mirror was found. */
  readonly registryAnswers?: () => Promise<boolean>;
  readonly search?: SearchLimits;
}

/** The oldest that a deployment is promised to work with. */
const oldestTerraform: Version = [1, 5, 0];

/**
 * Looks for Terraform and for a copy of its AWS provider on this machine, and only then for the network registry: first where something says it is, then
 * in the usual places. Takes the newest version that is wanted, else the newest of the same major version, else the newest.
 */
export const discover = async (options: DiscoverOptions = {}): Promise<Discovery> => {
  const machine = options.machine ?? thisMachine();
  const { oldest = oldestProvider } = options;

  const terraform = await findTerraform(machine);
  if (terraform === undefined) {
    const summary =
      'Terraform is missing: `terraform` is not on the PATH; install 1.5 or later (https://developer.hashicorp.com/terraform/install)';
    return { ok: false, missing: 'terraform', summary };
  }
  if (compareVersions(terraform.version, oldestTerraform) < 0) {
    const summary = `Terraform is too old: ${terraform.path} is ${formatVersion(terraform.version)}; install 1.5 or later (https://developer.hashicorp.com/terraform/install)`;
    return { ok: false, missing: 'terraform', summary };
  }

  const found = (text: string): string => `Terraform ${formatVersion(terraform.version)}, AWS provider ${text}`;
  const mirrored = await findMirrored(machine, oldest, options.search);
  if (mirrored !== undefined) {
    const { directory, version, origin } = mirrored;
    const summary = found(`${formatVersion(version)} of the mirror ${directory} (${origin})`);
    return { ok: true, terraform, provider: { source: 'mirror', ...mirrored }, summary };
  }
  if (await (options.registryAnswers ?? registryAnswers)()) {
    const summary = found(`${formatVersion(oldest)} or later of the registry`);
    return { ok: true, terraform, provider: { source: 'registry', version: oldest }, summary };
  }
  const summary =
    "Terraform's AWS provider is missing: no mirror on this machine holds it and the registry does not answer; " +
    'where the network is, run `terraform providers mirror FOLDER` in the synthesised stack, and name the folder here in $PORTCULLIS_TF_MIRROR';
  return { ok: false, missing: 'provider', summary };
};

export const thisMachine = (): Machine => ({
  env: process.env,
  home: homedir(),
  platform: process.platform,
  cwd: infraDirectory(),
  prefixes: usualPrefixes(homedir()),
});

const findTerraform = async ({ env, cwd }: Machine): Promise<Terraform | undefined> => {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of folders.map((folder) =>
    join(folder, process.platform === 'win32' ? 'terraform.exe' : 'terraform'),
  )) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    // Terraform would complain of a configuration that is named and not there, and asks for news unless told not to.
    const quiet = { ...env, TF_CLI_CONFIG_FILE: undefined, CHECKPOINT_DISABLE: '1' };
    const { output } = await runProgram(path, ['version', '-json'], { cwd, env: quiet, timeoutSeconds: 30 });
    // A pre-release is taken for the release it precedes.
    const [text = ''] = (textOf(parseObject(output), 'terraform_version') ?? '').split('-');
    const version = parseVersion(text);
    if (version !== undefined) return { path, version };
  }
  return undefined;
};

const findMirrored = async (
  machine: Machine,
  oldest: Version,
  limits: SearchLimits | undefined,
): Promise<(MirroredProvider & Place) | undefined> => {
  const platform = terraformPlatform(machine.platform);
  const inPlace = async (place: Place): Promise<readonly (MirroredProvider & Place)[]> =>
    (await mirroredProviders(place.directory, platform)).map((provider) => ({ ...provider, ...place }));

  const stated = (await Promise.all((await statedPlaces(machine)).map(inPlace))).flat();
  if (stated.length > 0) return mostWanted(stated, oldest);
  const searched = await searchForMirror(machine, platform, limits);
  return searched && mostWanted(await inPlace(searched), oldest);
};

/** The newest that is accepted, else the newest of that major version, else the newest; of equals the first, whose place is believed most. */
const mostWanted = <T extends MirroredProvider>(candidates: readonly T[], oldest: Version): T | undefined => {
  const rank = ({ version }: T): number => (isAccepted(version, oldest) ? 2 : version[0] === oldest[0] ? 1 : 0);
  return [...candidates].sort((a, b) => rank(b) - rank(a) || compareVersions(b.version, a.version))[0];
};

// Terraform's own way of asking what a registry offers. Source: https://developer.hashicorp.com/terraform/internals/remote-service-discovery
const registryAnswers = async (): Promise<boolean> => {
  try {
    const discovery = new URL('https://registry.terraform.io/.well-known/terraform.json');
    const { ok } = await fetch(discovery, { signal: AbortSignal.timeout(5000) });
    return ok;
  } catch {
    return false; // no network, or none that lets it through: the question was whether it answers
  }
};
