/** `npm run bench [-- SUITE…] [-- --quick] [-- --json FILE]` */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { formatBenchPromise, formatBenchTable, type BenchReport } from './bench-report.js';
import { SUITES } from './suites/index.js';

const USAGE = `npm run bench [-- SUITE…] [-- --quick] [-- --json FILE]

${SUITES.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --quick      less input and time: checks that the suites work, but the figures are not accurate
  --json FILE  writes the figures to FILE, not rounded
`;

async function runBenchmarks(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (values.help === true || unknown.length > 0) {
    if (unknown.length > 0) process.stderr.write(`unknown suite: ${unknown.join(', ')}\n\n`);
    process.stdout.write(USAGE);
    return unknown.length > 0 ? 2 : 0;
  }
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  print(pc.dim(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}${values.quick ? ', quick: figures are not accurate' : ''}`));
  const reports: Record<string, BenchReport> = {};
  for (const { name, about, load } of SUITES) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    print(`\n${pc.cyan(name)}  ${about}\n`);
    const run = await load();
    const { tables, promises, notes = [] } = (reports[name] = await run({ quick: values.quick }));
    const formatted = Object.entries(tables).map(([title, rows]) => formatBenchTable(title, rows));
    print([...formatted, promises.map(formatBenchPromise).join('\n'), ...notes].join('\n\n'));
  }
  const promises = Object.values(reports).flatMap((report) => report.promises);
  const broken = promises.filter(({ kept }) => !kept);
  print(`\n${promises.length} promises, ${broken.length} broken${broken.map((promise) => `\n${formatBenchPromise(promise)}`).join('')}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ machine, quick: values.quick, reports }, null, 2)}\n`);
  }
  return broken.length > 0 ? 1 : 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await runBenchmarks();
