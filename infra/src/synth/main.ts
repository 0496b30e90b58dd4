// Synthesises the stacks of the settings file `$PORTCULLIS_SETTINGS` into the folder `$CDKTF_OUTDIR`, or prints all problems.
import { join } from 'node:path';
import { synthesise } from './synthesise.js';

/** Returns an environment variable, or `fallback` for an empty variable, because Nx cannot unset a variable. */
function synthVariable(name: string, fallback: string): string {
  const value = process.env[name] ?? '';
  return value === '' ? fallback : value;
}

const synthesis = synthesise({
  settingsFile: synthVariable('PORTCULLIS_SETTINGS', join(import.meta.dirname, '../..', 'portcullis.yaml')),
  outdir: synthVariable('CDKTF_OUTDIR', 'cdktf.out'),
});
if (synthesis.ok) {
  for (const file of [...synthesis.files, ...synthesis.templates]) console.log(`synthesised ${file}`);
  for (const note of synthesis.notes) console.error(`note: ${note}`);
} else {
  for (const problem of synthesis.problems) console.error(problem);
  process.exitCode = 1;
}
