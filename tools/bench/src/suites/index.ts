import type { Options, Report } from '../harness.js';

interface Suite {
  readonly name: string;
  readonly about: string;
  /** Loads the suite when it runs: some suites load the AWS SDK, which must not slow the measurements of others. */
  readonly load: () => Promise<(options: Options) => Report | Promise<Report>>;
}

/** In the order in which they run. */
export const SUITES: readonly Suite[] = [
  suite('diff', '`diffPermissions` of 60 × 60 rules against the naive comparison', async () => (await import('./diff.js')).diff),
  suite('access', '`compareAccess` of 1,000 × 1,000 rules, and how its cost grows', async () => (await import('./access.js')).access),
  suite('address', 'the addresses of one port against `cidr-tools`', async () => (await import('./address.js')).address),
  suite('audit', '10,000 groups of 60 rules, by rule and by access', async () => (await import('./audit.js')).audit),
  suite('limits', '10,000 groups of 60 rules against 20 limits', async () => (await import('./limits.js')).limits),
  suite('size', 'bytes that the library adds to a bundle', async () => (await import('./size.js')).size),
  suite('cold', 'bytes of the functions, and the CPU time to load them', async () => (await import('./cold.js')).cold),
  suite('nx', '`nx affected` when nothing is affected', async () => (await import('./nx.js')).nx),
  suite('plan', '`portcullis plan` of 10,000 groups: CPU time and memory', async () => (await import('./plan.js')).plan),
  suite('survey', '`portcullis survey` of 10,000 groups: CPU time and memory', async () => (await import('./survey.js')).survey),
  suite('scale', '300,000 groups in 1,500 accounts and regions: calls, time and memory', async () => (await import('./scale.js')).scale),
  suite('agree', '`compareAccess` against an oracle, 100,000 random pairs', async () => (await import('./agree.js')).agree),
  suite('fuzz', '1,000,000 generated values through every function that takes data', async () => (await import('./fuzz.js')).fuzz),
  suite('envelope', '100,000 fault schedules through `config-remediator`', async () => (await import('./envelope.js')).envelope),
  suite('records', '1,000,000 mutated records through `cloudtrail-detector`', async () => (await import('./records.js')).records),
];

function suite(name: string, about: string, load: Suite['load']): Suite {
  return { name, about, load };
}
