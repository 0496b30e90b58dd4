import { mutation, mutationDetector } from '@portcullis/guard/testing';
import { countFigure, durationFigure, promiseNone, type BenchOptions, type BenchReport } from './bench-report.js';

export default async function benchRecords({ quick }: BenchOptions): Promise<BenchReport> {
  const total = quick ? 5_000 : 1_000_000;
  const silent: string[] = [];
  const errors: string[] = [];
  let findings = 0;
  const start = performance.now();
  for (let number = 1; number <= total;) {
    // The tests' detector keeps all its findings in memory, so the suite makes a new detector for each 10,000 records.
    const guard = mutationDetector();
    for (const end = Math.min(total, number + 9_999); number <= end; number++) {
      const { name, event } = mutation(number);
      try {
        const found = await guard.run(event);
        findings += found.length;
        if (found.length === 0) silent.push(`record ${number} (${name}): no finding`);
      } catch (error) {
        errors.push(`record ${number} (${name}): ${String(error)}`);
      }
    }
  }
  const each = (performance.now() - start) / total;
  return {
    tables: {
      'mutated records of a guarded group': [
        {
          records: countFigure(total),
          findings: countFigure(findings),
          'no finding': countFigure(silent.length),
          errors: countFigure(errors.length),
          each: durationFigure(each),
        },
      ],
    },
    promises: [
      promiseNone(`record without a finding among ${countFigure(total).text} mutated records`, silent),
      promiseNone(`record that causes an error among ${countFigure(total).text} mutated records`, errors),
    ],
    notes: [...errors, ...silent].slice(0, 3),
  };
}
