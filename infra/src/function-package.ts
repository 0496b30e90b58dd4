import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync, type ZipOptions } from 'fflate';

/** What Lambda is given to run: a zip of `main.mjs`, the modules that it may load, and what it reads: `baseline.json` and others. */
export interface FunctionPackage {
  /** The zip, an absolute path. */
  readonly file: string;
  /** SHA-256 of the zip in base64: what Lambda calls `CodeSha256`. */
  readonly sha256: string;
}

/** The handler of every package, as Lambda is told it. */
export const handler = 'main.handler';

// Whatever a zip says beside the files' content is fixed, so that equal content is an equal zip and deploys nothing.
const fixed: ZipOptions = {
  level: 9,
  // The first day a zip can name. Zips carry local time, and so does this.
  mtime: new Date(1980, 0, 1),
  os: 3,
  // A plain file that Lambda's user may read.
  attrs: (0o100_644 << 16) >>> 0,
};

/** The modules of a function by the names of their files: `main.mjs` and those beside it. */
export type FunctionModules = Readonly<Record<string, Uint8Array>>;

/** Returns the bundle, and whatever modules are beside it. */
export const readModules = (bundle: string): FunctionModules => {
  const folder = dirname(bundle);
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
};

/**
 * Packs a function's modules, the compiled baseline it guards, and whatever else it reads. Equal content gives equal bytes, on any machine and day.
 *
 * @param others texts by the names of their files.
 */
export const packFunction = (
  modules: FunctionModules,
  compiledBaseline: string,
  others: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const texts = Object.entries({ ...others, 'baseline.json': compiledBaseline });
  const encoder = new TextEncoder();
  const files = { ...modules, ...Object.fromEntries(texts.map(([name, text]) => [name, encoder.encode(text)])) };
  const inOrder = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(inOrder.map(([name, content]) => [name, [content, fixed]])));
};

/** Writes a package to `file`, an absolute path. */
export const writeFunctionPackage = (file: string, zip: Uint8Array): FunctionPackage => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, zip);
  return { file, sha256: createHash('sha256').update(zip).digest('base64') };
};
