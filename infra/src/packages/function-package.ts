/** Makes the zips that Lambda runs. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync, type ZipOptions } from 'fflate';

/** A zip with `main.mjs`, the modules that `main.mjs` can load, and the files that it reads: `baseline.json` and others. */
export interface FunctionPackage {
  /** The absolute path of the zip. */
  readonly file: string;
  /** The SHA-256 of the zip in base64, like Lambda's `CodeSha256`. */
  readonly sha256: string;
}

/** The handler setting of every function. */
export const HANDLER = 'main.handler';

// Only the files' content varies in a zip. So equal content gives an equal zip, and Terraform does not deploy the function again.
const CONSTANT_ATTRIBUTES: ZipOptions = {
  level: 9,
  // The earliest date that a zip can store. Zips store local time, so this is local time too.
  mtime: new Date(1980, 0, 1),
  os: 3,
  // The file mode of a plain file that everybody can read, also the user that runs the function in Lambda.
  attrs: (0o100_644 << 16) >>> 0,
};

/** The modules of a function by file name: `main.mjs` and the modules next to it. */
export type FunctionModules = Readonly<Record<string, Uint8Array>>;

/** Returns the bundle and the modules next to it. */
export function readFunctionModules(bundle: string): FunctionModules {
  const folder = dirname(bundle);
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/**
 * Returns a zip of a function's modules, its compiled baseline, and other files that the function reads. Equal content gives equal bytes,
 * on any machine and on any day.
 *
 * @param others the texts of the other files, by file name.
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

/** Writes a zip to `file`, an absolute path. */
export function writeFunctionPackage(file: string, zip: Uint8Array): FunctionPackage {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, zip);
  return { file, sha256: createHash('sha256').update(zip).digest('base64') };
}
