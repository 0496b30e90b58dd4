/**
 * Runs the tests of all spec files as one file, for mutation testing. If the spec files ran separately, each file would load fast-check
 * again, and that would take most of the time. Leaves out the tests in the folder `package`, and tests that take many seconds.
 */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

const SOURCES = join(__dirname, '..');
const LEFT_OUT = ['package', 'small-universe.spec.ts', 'huge.spec.ts'];

const specs = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec.ts'))
  .filter((path) => !path.split(sep).some((part) => LEFT_OUT.includes(part)))
  // Slow property tests come last, because all tests after the first failure are skipped.
  .sort((a, b) => Number(a.endsWith('.laws.spec.ts')) - Number(b.endsWith('.laws.spec.ts')));

const errors: unknown[] = [];

describe.each(specs)('%s', (path) => {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- `describe` does not wait for a dynamic import
    require(join(SOURCES, path));
  } catch (error) {
    errors.push(error);
  }
});

// A mutant can throw while a spec file loads. Stryker counts the mutant as killed only if a test fails.
beforeAll(() => {
  if (errors.length > 0) throw new AggregateError(errors, 'a spec file failed while it loaded');
});
