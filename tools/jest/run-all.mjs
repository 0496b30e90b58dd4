// `npm test`: runs the tests of every project, and prints the number of tests. Nx gets the options of this command, for example to select
// projects.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { sumTestSummaries, deleteTestSummaries } from './count-tests.mjs';

deleteTestSummaries();
const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const { status } = spawnSync(process.execPath, [nx, 'run-many', '-t', 'test', ...process.argv.slice(2)], { stdio: 'inherit' });
const { passed, failed, skipped } = sumTestSummaries();
const count = new Intl.NumberFormat('en');
console.log(`\n${count.format(passed)} tests passed, ${count.format(failed)} failed, ${count.format(skipped)} skipped`);
process.exitCode = status ?? 1;
