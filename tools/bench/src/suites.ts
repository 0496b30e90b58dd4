import type { BenchOptions, BenchReport } from './bench-report.js';

interface Suite {
  readonly name: string;
  readonly about: string;
  /** Loads the suite just before the suite runs, because the AWS SDK of some suites would slow the other suites. */
  readonly load: () => Promise<(options: BenchOptions) => BenchReport | Promise<BenchReport>>;
}

/** The suites, in the order in which they run. */
export const SUITES: readonly Suite[] = [
  benchSuite(
    'diff',
    '`diffPermissions` of 60 × 60 rules against the naive comparison',
    async () => (await import('./diff-suite.js')).benchDiff,
  ),
  benchSuite(
    'access',
    '`compareAccess` of 1,000 × 1,000 rules, and how its time grows with the rules',
    async () => (await import('./access-suite.js')).benchAccess,
  ),
  benchSuite('address', 'the addresses of one port against `cidr-tools`', async () => (await import('./address-suite.js')).benchAddress),
  benchSuite(
    'audit',
    '10,000 groups of 60 rules against their baselines, with `diffPermissions` and with `compareAccess`',
    async () => (await import('./audit-suite.js')).benchAudit,
  ),
  benchSuite('limits', '10,000 groups of 60 rules against 20 limits', async () => (await import('./limits-suite.js')).benchLimits),
  benchSuite('size', 'bytes that the library adds to a bundle', async () => (await import('./size-suite.js')).benchSize),
  benchSuite('cold', 'bytes of the functions, and the CPU time to load them', async () => (await import('./cold-suite.js')).benchColdStart),
  benchSuite('nx', '`nx affected` without an affected project', async () => (await import('./nx-suite.js')).benchNxAffected),
  benchSuite('plan', '`portcullis plan` of 10,000 groups: CPU time and memory', async () => (await import('./plan-suite.js')).benchPlan),
  benchSuite(
    'survey',
    '`portcullis survey` of 10,000 groups: CPU time and memory',
    async () => (await import('./survey-suite.js')).benchSurvey,
  ),
  benchSuite(
    'scale',
    '`survey` and `report` of 300,000 groups in 300 accounts: calls, time and memory',
    async () => (await import('./scale-suite.js')).benchScale,
  ),
  benchSuite(
    'agree',
    '`compareAccess` against a second implementation, for 100,000 random pairs of lists',
    async () => (await import('./agree-suite.js')).benchAgree,
  ),
  benchSuite(
    'fuzz',
    '1,000,000 generated values, each passed to every function that accepts data',
    async () => (await import('./fuzz-suite.js')).benchFuzz,
  ),
  benchSuite(
    'envelope',
    '`config-remediator` in 100,000 schedules of AWS faults',
    async () => (await import('./envelope-suite.js')).benchEnvelope,
  ),
  benchSuite(
    'records',
    '`cloudtrail-detector` with 1,000,000 mutated CloudTrail records',
    async () => (await import('./records-suite.js')).benchRecords,
  ),
];

function benchSuite(name: string, about: string, load: Suite['load']): Suite {
  return { name, about, load };
}
