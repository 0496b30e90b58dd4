// Synthesises the stacks of `$PORTCULLIS_SETTINGS` into `$CDKTF_OUTDIR`, or prints every problem that prevents it.
import { join } from 'node:path';
import { synthesise } from './synth/synthesise.js';

/** Returns the value of an environment variable. An empty variable counts as unset, because Nx can set a variable but cannot remove it. */
function synthVariable(name: string, fallback: string): string {
  const value = process.env[name] ?? '';
  return value === '' ? fallback : value;
}

const synthesis = synthesise({
  settingsFile: synthVariable('PORTCULLIS_SETTINGS', join(import.meta.dirname, '..', 'portcullis.yaml')),
  outdir: synthVariable('CDKTF_OUTDIR', 'cdktf.out'),
});
if (synthesis.ok) {
  for (const file of [...synthesis.files, ...synthesis.templates]) console.log(`synthesised ${file}`);
  for (const note of synthesis.notes) console.error(`note: ${note}`);
} else {
  for (const problem of synthesis.problems) console.error(problem);
  process.exitCode = 1;
}
