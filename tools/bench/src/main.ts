/** `npm run bench [-- SUITE…] [-- --quick]` */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { formatBenchPromise, formatBenchTable, type Promised } from './bench-report.js';
import { SUITES } from './suites.js';

const USAGE = `npm run bench [-- SUITE…] [-- --quick]

${SUITES.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --quick  less input and time: checks that the suites work, but the figures are not accurate
`;

async function runBenchmarks(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
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
  for (const { name, about, load } of SUITES) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    printBenchText(`\n${pc.cyan(name)}  ${about}\n`);
    const run = await load();
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
