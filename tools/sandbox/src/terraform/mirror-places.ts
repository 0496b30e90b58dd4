import { readFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { parseCliConfiguration } from './cli-configuration.js';
import { isMirror, namesIn } from './mirror.js';

/** The machine, as far as it says where providers may be. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** `process.platform` */
  readonly platform: string;
  /** Where Terraform will be run: it has implied places of its own there. */
  readonly cwd: string;
  /** The folders that are searched when nothing says where a mirror is. */
  readonly prefixes: readonly string[];
}

/** The usual places for software that somebody put on a machine. */
export const usualPrefixes = (home: string): readonly string[] => [
  '/opt',
  '/usr/local',
  '/usr/local/share',
  '/usr/share',
  '/usr/lib',
  '/var/lib',
  home,
];

/** A folder that may be a mirror, and who says so. */
export interface Place {
  readonly directory: string;
  readonly origin: string;
}

// An empty variable is one that was taken away.
const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** The file that Terraform reads its command line's configuration from. */
export const cliConfigurationFile = ({ env, home, platform }: Machine): string => {
  const named = filled(env.TF_CLI_CONFIG_FILE) ?? filled(env.TERRAFORM_CONFIG);
  if (named !== undefined) return named;
  return platform === 'win32' ? join(env.APPDATA ?? home, 'terraform.rc') : join(home, '.terraformrc');
};

/** Where providers are said to be, in the order in which they are believed. The folders need not exist. */
export const statedPlaces = async (machine: Machine): Promise<readonly Place[]> => {
  const { env, home, cwd } = machine;
  const own = filled(env.PORTCULLIS_TF_MIRROR);
  const configurations = [
    cliConfigurationFile(machine),
    ...(await namesIn(join(home, '.terraform.d')))
      .filter((name) => name.endsWith('.tfrc'))
      .map((name) => join(home, '.terraform.d', name)),
  ];
  const configured = await Promise.all(configurations.map((file) => placesOfConfiguration(file, env)));
  const implied = impliedMirrors(machine).map((directory) => ({ directory, origin: 'a directory Terraform looks in' }));
  const cache = filled(env.TF_PLUGIN_CACHE_DIR);
  return [
    ...(own === undefined ? [] : [{ directory: own, origin: '$PORTCULLIS_TF_MIRROR' }]),
    ...configured.flat(),
    ...implied,
    ...(cache === undefined ? [] : [{ directory: cache, origin: '$TF_PLUGIN_CACHE_DIR' }]),
  ].map(({ directory, origin }) => ({ directory: resolve(cwd, directory), origin }));
};

// A file that is named and not there, or cannot be read, says nothing about mirrors.
const placesOfConfiguration = async (file: string, env: NodeJS.ProcessEnv): Promise<readonly Place[]> => {
  const { mirrors, pluginCache } = parseCliConfiguration(await readFile(file, 'utf8').catch(() => ''));
  return [
    ...mirrors.map((directory) => ({ directory, origin: `filesystem_mirror in ${file}` })),
    ...(pluginCache === undefined
      ? []
      : [{ directory: expandVariables(pluginCache, env), origin: `plugin_cache_dir in ${file}` }]),
  ];
};

// Terraform does so in this one setting.
const expandVariables = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => env[braced ?? bare ?? ''] ?? '');

/** Source: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
const impliedMirrors = ({ env, home, platform, cwd }: Machine): readonly string[] => {
  const inProject = join(cwd, 'terraform.d', 'plugins');
  if (platform === 'win32') {
    const data = env.APPDATA ?? join(home, 'AppData', 'Roaming');
    return [inProject, join(data, 'terraform.d', 'plugins'), join(data, 'HashiCorp', 'Terraform', 'plugins')];
  }
  const inHome = join(home, '.terraform.d', 'plugins');
  if (platform === 'darwin') {
    const support = join('Library', 'Application Support', 'io.terraform', 'plugins');
    return [inProject, inHome, join(home, support), join('/', support)];
  }
  const shared = (env.XDG_DATA_DIRS ?? '').split(delimiter).filter((folder) => folder !== '');
  const data = [
    filled(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'),
    ...shared,
    '/usr/local/share',
    '/usr/share',
  ];
  return [inProject, inHome, ...new Set(data.map((folder) => join(folder, 'terraform', 'plugins')))];
};

export interface SearchLimits {
  /** @default 2000 */
  readonly milliseconds?: number;
  /** How many folders are looked into. @default 5000 */
  readonly folders?: number;
}

/** How many folders below a prefix are looked at. */
const deepest = 2;

/**
 * Looks for a mirror in the prefixes, in the folders in them, and in the folders in those, nearer ones first. Gives up when time or the number of
 * folders runs out, as if there were none.
 */
export const searchForMirror = async (
  { prefixes }: Machine,
  platform: string,
  { milliseconds = 2000, folders = 5000 }: SearchLimits = {},
): Promise<Place | undefined> => {
  const deadline = performance.now() + milliseconds;
  let looked = 0;
  let level = [...new Set(prefixes)];
  for (let depth = 0; depth <= deepest; depth += 1) {
    const next: string[] = [];
    for (const directory of level) {
      if (looked >= folders || performance.now() > deadline) return undefined;
      looked += 1;
      if (await isMirror(directory, platform)) return { directory, origin: 'a search of the usual places' };
      if (depth < deepest) next.push(...(await namesIn(directory)).map((name) => join(directory, name)));
    }
    level = next;
  }
  return undefined;
};
