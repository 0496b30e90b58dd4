/**
 * Every test in one file, for mutation testing: to load fast-check anew for each of the files would take most of the time of a mutant. Left
 * out are the tests that pack the package, and those that take many seconds.
 */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

const SOURCES = join(__dirname, '..');
const LEFT_OUT = ['package', 'small-universe.spec.ts', 'huge.spec.ts'];

const specs = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec.ts'))
  .filter((path) => !path.split(sep).some((part) => LEFT_OUT.includes(part)));

describe.each(specs)('%s', (path) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- tests are declared while `describe` runs, which does not await
  require(join(SOURCES, path));
});
