import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs the published command line with npx in an empty folder. Returns one line about the result. @throws {Error} for unexpected output */
export async function tryPublishedCli({ makeScratchFolder, run, version }) {
  const folder = makeScratchFolder('cli');
  const printed = (await run('npx', ['--yes', '@portcullis/cli', '--version'], folder)).trim();
  if (printed !== version) throw new Error(`npx @portcullis/cli --version printed ${printed}, expected ${version}`);
  writeFileSync(
    join(folder, 'baseline.yaml'),
    'version: 1\nbaselines:\n  - name: closed\n    groups: { ids: [sg-0a1b2c3d] }\n    ingress: []\n',
  );
  const started = performance.now();
  const checked = (await run('npx', ['--yes', '@portcullis/cli', 'check'], folder)).trim();
  if (!checked.endsWith(': valid')) throw new Error(`npx @portcullis/cli check printed ${checked}, expected a valid baseline`);
  return `npx @portcullis/cli --version prints ${printed}; check took ${Math.round(performance.now() - started)} ms`;
}
