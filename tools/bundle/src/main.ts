// The command `bundle-lambda`, run in an app's folder: src/main.ts becomes dist/main.mjs.
import { basename, join, relative } from 'node:path';
import { bundleLambda } from './bundle-lambda.js';
import { formatBytes } from './bundle-problems.js';

const folder = process.cwd();
try {
  const { outfile, bytes, budgetBytes } = await bundleLambda({
    entryPoint: join(folder, 'src', 'main.ts'),
    outfile: join(folder, 'dist', 'main.mjs'),
  });
  const share = Math.round((100 * bytes) / budgetBytes);
  console.log(`${basename(folder)}: ${relative(folder, outfile)} is ${formatBytes(bytes)}, ${share} % of its budget`);
} catch (error) {
  console.error(`${basename(folder)}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
