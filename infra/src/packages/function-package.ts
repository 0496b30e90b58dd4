import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guardsWholeOrganization, listedMemberAccounts, type Settings } from '@portcullis/settings';
import { zipSync, type ZipOptions } from 'fflate';

/** The zip of a Lambda function: `main.mjs`, the modules that `main.mjs` can load, `baseline.json`, and sometimes other files. */
export interface FunctionPackage {
  /** The absolute path of the zip. */
  readonly file: string;
  /** The SHA-256 of the zip in base64, like Lambda's `CodeSha256`. */
  readonly sha256: string;
}

/** The handler setting of every function. */
export const HANDLER = 'main.handler';

// All files have the same attributes, so that equal contents give an equal zip. Otherwise Terraform would deploy an unchanged function
// again.
const CONSTANT_ATTRIBUTES: ZipOptions = {
  level: 9,
  // The earliest date that a zip can store. The date is in local time, as in a zip.
  mtime: new Date(1980, 0, 1),
  os: 3,
  // A regular file that every user can read, because Lambda runs the function as another user.
  attrs: (0o100_644 << 16) >>> 0,
};

/** The texts of `main.mjs` and the modules in its folder, keyed by file name. */
export type FunctionModules = Readonly<Record<string, Uint8Array>>;

export function readFunctionPackageModules(bundle: string): FunctionModules {
  const folder = dirname(bundle);
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/**
 * Returns a function's zip. Equal input gives equal bytes, on any machine and on any day.
 *
 * @param others the texts of other files that the function reads, keyed by file name
 */
export function zipFunctionPackage(
  modules: FunctionModules,
  compiledBaseline: string,
  others: Readonly<Record<string, string>> = {},
): Uint8Array {
  const encoder = new TextEncoder();
  const texts = Object.entries({ ...others, 'baseline.json': compiledBaseline });
  const files = Object.entries({ ...modules, ...Object.fromEntries(texts.map(([name, text]) => [name, encoder.encode(text)])) });
  const inOrder = files.sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(inOrder.map(([name, content]) => [name, [content, CONSTANT_ATTRIBUTES]])));
}

/** Returns the file with the guarded accounts. The accounts are sorted, so that equal members always give an equal zip. */
export function packagedMemberList({ organization }: Settings): Readonly<Record<string, string>> {
  if (organization === undefined) return {};
  const members = guardsWholeOrganization(organization)
    ? { except: [...organization.excludedAccounts].sort() }
    : [...listedMemberAccounts(organization)].sort();
  return { 'members.json': JSON.stringify(members) };
}

/** Writes a zip to `file`, an absolute path. */
export function writeFunctionPackage(file: string, zip: Uint8Array): FunctionPackage {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, zip);
  return { file, sha256: createHash('sha256').update(zip).digest('base64') };
}
