import type { BenchOptions, BenchReport } from './bench-report.js';

interface Suite {
  readonly name: string;
  readonly about: string;
  /** Loads the suite when it runs: some suites load the AWS SDK, which must not slow the measurements of others. */
  readonly load: () => Promise<(options: BenchOptions) => BenchReport | Promise<BenchReport>>;
}

/** In the order in which they run. */
export const SUITES: readonly Suite[] = [
  benchSuite(
    'diff',
    '`diffPermissions` of 60 × 60 rules against the naive comparison',
    async () => (await import('./diff-suite.js')).benchDiff,
  ),
  benchSuite(
    'access',
    '`compareAccess` of 1,000 × 1,000 rules, and how its cost grows',
    async () => (await import('./access-suite.js')).benchAccess,
  ),
  benchSuite('address', 'the addresses of one port against `cidr-tools`', async () => (await import('./address-suite.js')).benchAddress),
  benchSuite('audit', '10,000 groups of 60 rules, by rule and by access', async () => (await import('./audit-suite.js')).benchAudit),
  benchSuite('limits', '10,000 groups of 60 rules against 20 limits', async () => (await import('./limits-suite.js')).benchLimits),
  benchSuite('size', 'bytes that the library adds to a bundle', async () => (await import('./size-suite.js')).benchSize),
  benchSuite('cold', 'bytes of the functions, and the CPU time to load them', async () => (await import('./cold-suite.js')).benchColdStart),
  benchSuite('nx', '`nx affected` when nothing is affected', async () => (await import('./nx-suite.js')).benchNx),
  benchSuite('plan', '`portcullis plan` of 10,000 groups: CPU time and memory', async () => (await import('./plan-suite.js')).benchPlan),
  benchSuite(
    'survey',
    '`portcullis survey` of 10,000 groups: CPU time and memory',
    async () => (await import('./survey-suite.js')).benchSurvey,
  ),
  benchSuite(
    'scale',
    '300,000 groups in 1,500 accounts and regions: calls, time and memory',
    async () => (await import('./scale-suite.js')).benchScale,
  ),
  benchSuite('agree', '`compareAccess` against an oracle, 100,000 random pairs', async () => (await import('./agree-suite.js')).benchAgree),
  benchSuite(
    'fuzz',
    '1,000,000 generated values through every function that takes data',
    async () => (await import('./fuzz-suite.js')).benchFuzz,
  ),
  benchSuite(
    'envelope',
    '100,000 fault schedules through `config-remediator`',
    async () => (await import('./envelope-suite.js')).benchEnvelope,
  ),
  benchSuite(
    'records',
    '1,000,000 mutated records through `cloudtrail-detector`',
    async () => (await import('./records-suite.js')).benchRecords,
  ),
];

function benchSuite(name: string, about: string, load: Suite['load']): Suite {
  return { name, about, load };
}
