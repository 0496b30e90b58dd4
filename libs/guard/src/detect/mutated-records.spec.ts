import { findingSchema } from '@portcullis/finding/schema';
import { FORMS, mutation, mutationDetector } from '../testing/mutations.js';

it.each(FORMS)('the detector returns one finding for each kind of call on a guarded group: %s', async (_, event) => {
  const findings = await mutationDetector().run(event);

  expect(findings).toHaveLength(1);
  expect(findingSchema.safeParse(JSON.parse(JSON.stringify(findings[0]))).error).toBeUndefined();
});

it('the detector reports every record that contains invalid values, and never throws', async () => {
  const guard = mutationDetector();
  const silent: string[] = [];
  const invalid: string[] = [];
  for (let number = 1; number <= 4_000; number++) {
    const { name, event } = mutation(number);
    const findings = await guard.run(event);
    if (findings.length === 0) silent.push(`${number} ${name}`);
    if (!findings.every((finding) => findingSchema.safeParse(finding).success)) invalid.push(`${number} ${name}`);
  }

  expect(silent).toEqual([]);
  expect(invalid).toEqual([]);
});
