/** Compiles and packs the package from the current sources, as a user gets it. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(__dirname, '..', '..');
const TSC = createRequire(__filename).resolve('typescript/bin/tsc');

/** Runs a program to its end and returns its output. If the program fails, throws an error with the output. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env: { ...process.env, NODE_OPTIONS: '' } });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

export function tsc(args: readonly string[], cwd: string): Promise<string> {
  return run(process.execPath, [TSC, ...args], cwd);
}

function npm(args: readonly string[], cwd: string): Promise<string> {
  return run('npm', [...args, '--offline', '--no-audit', '--no-fund'], cwd);
}

/** Runs a tool of the workspace. */
export function tool(name: string, args: readonly string[]): Promise<string> {
  return run('npm', ['exec', '--offline', '--', name, ...args], PROJECT);
}

export interface Packed {
  /** The unpacked contents of the tarball. */
  readonly folder: string;
  readonly tarball: string;
  /** Makes a project with only the packed package installed. Returns its folder. */
  readonly consumer: (name: string, type: 'module' | 'commonjs') => Promise<string>;
  readonly remove: () => void;
}

export async function pack(): Promise<Packed> {
  const root = mkdtempSync(join(tmpdir(), 'permission-diff-'));
  const folder = join(root, 'package');
  mkdirSync(folder);
  for (const name of ['package.json', 'README.md', 'LICENSE', 'src']) {
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 'cjs'));
  cpSync(join(PROJECT, 'cjs', 'package.json'), join(folder, 'cjs', 'package.json'));
  const compile = (config: string, outDir: string) =>
    tsc(
      [
        '-p',
        join(PROJECT, config),
        '--composite',
        'false',
        '--declaration',
        'true',
        '--tsBuildInfoFile',
        'null',
        '--outDir',
        join(folder, outDir),
      ],
      folder,
    );
  await Promise.all([compile('tsconfig.lib.json', 'dist'), compile('tsconfig.cjs.json', 'cjs/dist')]);
  const [packed] = JSON.parse(await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', root], folder)) as [
    { readonly filename: string },
  ];
  const tarball = join(root, packed.filename);
  return {
    folder,
    tarball,
    consumer: async (name, type) => {
      const project = join(root, name);
      mkdirSync(project);
      writeFileSync(join(project, 'package.json'), JSON.stringify({ name, private: true, type }));
      await npm(['install', '--ignore-scripts', tarball], project);
      return project;
    },
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}
