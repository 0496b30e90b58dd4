import { count, duration, type Suite } from '../report.js';

export const records: Suite = {
  name: 'records',
  about: 'the real `cloudtrail-detector` handler, given records of every form of every call with garbage in their parts',
  run: async ({ quick }) => {
    const { records: total, findings, silent, faults, milliseconds } = await play(quick ? 5_000 : 1_000_000);
    return {
      tables: [
        {
          title: 'mutated records of a guarded group',
          head: ['records', 'findings', 'silent', 'errors', 'each'],
          rows: [[count(total), count(findings), count(silent.length), count(faults.length), duration(milliseconds / total)]],
        },
      ],
      promises: [
        {
          promise: `${count(total)} mutated records without an error and without silence`,
          measured: `${count(faults.length)} errors, ${count(silent.length)} silent`,
          kept: faults.length === 0 && silent.length === 0,
        },
      ],
      notes: [...faults, ...silent].slice(0, 3),
      figures: { records: total, findings, silent: silent.length, faults: faults.length, milliseconds },
    };
  },
};

interface Played {
  readonly records: number;
  readonly findings: number;
  /** What came of those with no finding, and of those that were thrown at: the number of each repeats it. */
  readonly silent: readonly string[];
  readonly faults: readonly string[];
  readonly milliseconds: number;
}

async function play(total: number): Promise<Played> {
  // Loaded here and not with the others: the AWS SDK comes along.
  const { mutation, mutationDetector } = await import('@portcullis/guard/testing');
  const silent: string[] = [];
  const faults: string[] = [];
  let findings = 0;
  const start = performance.now();
  for (let number = 1; number <= total;) {
    // What a detector tells is kept by the test's world: a new one now and then.
    const guard = mutationDetector();
    for (const end = Math.min(total, number + 9_999); number <= end; number++) {
      const { name, event } = mutation(number);
      try {
        const told = await guard.run(event);
        findings += told.length;
        if (told.length === 0) silent.push(`silent, ${number}: ${name}`);
      } catch (error) {
        faults.push(`${String(error)}, ${number}: ${name}`);
      }
    }
  }
  return { records: total, findings, silent, faults, milliseconds: performance.now() - start };
}
