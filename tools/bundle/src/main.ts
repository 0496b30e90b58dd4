// The command `bundle-lambda`, run in an app's folder: src/main.ts becomes dist/main.mjs.
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { bundleLambda } from './bundle-lambda.js';
import { formatBytes } from './bundle-problems.js';

const folder = process.cwd();
try {
  // What an earlier bundling left there, a part that is no longer one, would be packed with the rest.
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  const { outfile, bytes, budgetBytes, parts } = await bundleLambda({
    entryPoint: join(folder, 'src', 'main.ts'),
    outfile: join(folder, 'dist', 'main.mjs'),
  });
  const share = Math.round((100 * bytes) / budgetBytes);
  console.log(`${basename(folder)}: ${relative(folder, outfile)} is ${formatBytes(bytes)}, ${share} % of its budget`);
  for (const part of parts) console.log(`  ${relative(folder, part.outfile)}, where it is used, ${formatBytes(part.bytes)}`);
} catch (error) {
  console.error(`${basename(folder)}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
