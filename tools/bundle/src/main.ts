// The command `bundle-lambda [BYTES]`: bundles src/main.ts of the current folder into dist/main.mjs, which must have at most BYTES bytes.
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { bundleLambda } from './bundle-lambda.js';
import { formatBundleBytes } from './bundle-problems.js';

const folder = process.cwd();
try {
  const [, , budget] = process.argv;
  if (budget !== undefined && !/^\d+$/.test(budget)) throw new Error(`expected the maximum size in bytes as a number, got \`${budget}\``);
  // Delete the lazy bundles of an earlier build, which would otherwise be deployed.
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  const { outfile, bytes, budgetBytes, lazyBundles } = await bundleLambda({
    entryPoint: join(folder, 'src', 'main.ts'),
    outfile: join(folder, 'dist', 'main.mjs'),
    ...(budget !== undefined && { budgetBytes: Number(budget) }),
  });
  const share = Math.round((100 * bytes) / budgetBytes);
  console.log(`${basename(folder)}: ${relative(folder, outfile)} is ${formatBundleBytes(bytes)}, ${share} % of its budget`);
  for (const lazy of lazyBundles) console.log(`  ${relative(folder, lazy.outfile)}, a lazy bundle: ${formatBundleBytes(lazy.bytes)}`);
} catch (error) {
  console.error(`${basename(folder)}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
