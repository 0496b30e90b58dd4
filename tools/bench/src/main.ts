/** `npm run bench [-- suite…] [-- --quick] [-- --json FILE]` */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { formatPromise, formatTable, type Report } from './report.js';
import { SUITES } from './suites/index.js';

const USAGE = `npm run bench [-- SUITE…] [-- --quick] [-- --json FILE]

${SUITES.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --quick      little input and little time: to see that it works, not to quote
  --json FILE  writes the figures, not rounded, to a file
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (values.help === true || unknown.length > 0) {
    if (unknown.length > 0) process.stderr.write(`There is no suite ${unknown.join(', ')}.\n\n`);
    process.stdout.write(USAGE);
    return unknown.length > 0 ? 2 : 0;
  }
  const suites = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  print(pc.dim(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}${values.quick ? ', quick: not to quote' : ''}`));
  const reports: Record<string, Report> = {};
  for (const { name, about, run } of suites) {
    print(`\n${pc.cyan(name)}  ${about}\n`);
    const report = await run({ quick: values.quick });
    reports[name] = report;
    print([...report.tables.map(formatTable), ...report.notes].join('\n\n'));
  }
  const promises = Object.values(reports).flatMap((report) => report.promises);
  if (promises.length > 0) print(`\n${pc.bold('promises')}\n${promises.map(formatPromise).join('\n')}`);
  if (values.json !== undefined) {
    const figures = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, report.figures]));
    writeFileSync(values.json, `${JSON.stringify({ machine, quick: values.quick, figures, promises }, null, 2)}\n`);
  }
  return promises.every(({ kept }) => kept) ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await main();
