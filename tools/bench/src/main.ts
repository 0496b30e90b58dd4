/** `npm run bench [-- SUITE…] [-- --quick]` */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { formatBenchPromise, formatBenchTable, type BenchOptions, type BenchReport, type Promised } from './bench-report.js';

/** `load` loads the suite just before the suite runs, because the AWS SDK of some suites would slow the other suites. */
type Suite = readonly [
  name: string,
  about: string,
  load: () => Promise<{ readonly default: (options: BenchOptions) => BenchReport | Promise<BenchReport> }>,
];

/** The suites, in the order in which they run. */
const SUITES: readonly Suite[] = [
  ['diff', '`diffPermissions` of 60 × 60 rules against the naive comparison', () => import('./diff-suite.js')],
  ['access', '`compareAccess` of 1,000 × 1,000 rules, and how its time grows with the rules', () => import('./access-suite.js')],
  ['address', 'the addresses of one port against `cidr-tools`', () => import('./address-suite.js')],
  [
    'audit',
    '10,000 groups of 60 rules against their baselines, with `diffPermissions` and with `compareAccess`',
    () => import('./audit-suite.js'),
  ],
  ['limits', '10,000 groups of 60 rules against 20 limits', () => import('./limits-suite.js')],
  ['size', 'bytes that the library adds to a bundle', () => import('./size-suite.js')],
  ['cold', 'bytes of the functions, and the CPU time to load them', () => import('./cold-suite.js')],
  ['nx', '`nx affected` without an affected project', () => import('./nx-suite.js')],
  ['plan', '`portcullis plan` of 10,000 groups: CPU time and memory', () => import('./plan-suite.js')],
  ['survey', '`portcullis survey` of 10,000 groups: CPU time and memory', () => import('./survey-suite.js')],
  ['scale', '`survey` and `report` of 300,000 groups in 300 accounts: calls, time and memory', () => import('./scale-suite.js')],
  ['agree', '`compareAccess` against a second implementation, for 100,000 random pairs of lists', () => import('./agree-suite.js')],
  ['fuzz', '1,000,000 generated values, each passed to every function that accepts data', () => import('./fuzz-suite.js')],
  ['envelope', '`config-remediator` in 100,000 schedules of AWS faults', () => import('./envelope-suite.js')],
  ['records', '`cloudtrail-detector` with 1,000,000 mutated CloudTrail records', () => import('./records-suite.js')],
];

const USAGE = `npm run bench [-- SUITE…] [-- --quick]

${SUITES.map(([name, about]) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --quick  less input and time: checks that the suites work, but the figures are not accurate
`;

async function runBenchmarks(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !SUITES.some(([known]) => known === name));
  if (values.help === true || unknown.length > 0) {
    if (unknown.length > 0) process.stderr.write(`unknown suite: ${unknown.join(', ')}\n\n`);
    process.stdout.write(USAGE);
    return unknown.length > 0 ? 2 : 0;
  }
  printBenchText(
    pc.dim(
      `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}${values.quick ? ', quick: the figures are not accurate' : ''}`,
    ),
  );
  const promised: Promised[] = [];
  for (const [name, about, load] of SUITES) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    printBenchText(`\n${pc.cyan(name)}  ${about}\n`);
    const { default: run } = await load();
    const { tables, promises, notes = [] } = await run({ quick: values.quick });
    promised.push(...promises);
    const formatted = Object.entries(tables).map(([title, rows]) => formatBenchTable(title, rows));
    printBenchText([...formatted, promises.map(formatBenchPromise).join('\n'), ...notes].join('\n\n'));
  }
  const broken = promised.filter(({ kept }) => !kept);
  printBenchText(
    `\n${promised.length} promises, ${broken.length} broken${broken.map((promise) => `\n${formatBenchPromise(promise)}`).join('')}`,
  );
  return broken.length > 0 ? 1 : 0;
}

function printBenchText(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await runBenchmarks();
