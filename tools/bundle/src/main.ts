// The command `bundle-lambda [BYTES]`. In the folder of an app, this command bundles src/main.ts into dist/main.mjs. It fails if
// dist/main.mjs has more than BYTES bytes.
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { bundleLambda } from './bundle-lambda.js';
import { formatBytes } from './bundle-problems.js';

const folder = process.cwd();
try {
  const [, , budget] = process.argv;
  if (budget !== undefined && !/^\d+$/.test(budget)) throw new Error(`expected the maximum size in bytes as a number, got \`${budget}\``);
  // Without this, a part that an earlier run wrote would also be deployed.
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  const { outfile, bytes, budgetBytes, parts } = await bundleLambda({
    entryPoint: join(folder, 'src', 'main.ts'),
    outfile: join(folder, 'dist', 'main.mjs'),
    ...(budget !== undefined && { budgetBytes: Number(budget) }),
  });
  const share = Math.round((100 * bytes) / budgetBytes);
  console.log(`${basename(folder)}: ${relative(folder, outfile)} is ${formatBytes(bytes)}, ${share} % of its budget`);
  for (const part of parts)
    console.log(`  ${relative(folder, part.outfile)}, a part that is loaded when it is used: ${formatBytes(part.bytes)}`);
} catch (error) {
  console.error(`${basename(folder)}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
