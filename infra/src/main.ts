// Synthesises the stacks of `$PORTCULLIS_SETTINGS` into `$CDKTF_OUTDIR`, or prints every problem that prevents it.
import { join } from 'node:path';
import { builtBundles } from './packages/function-bundle.js';
import { synthesise } from './synth/synthesise.js';

// An empty variable counts as unset: Nx can set one but not remove it.
const { PORTCULLIS_SETTINGS: settingsFile = '', CDKTF_OUTDIR: outdir = '' } = process.env;

const synthesis = synthesise({
  settingsFile: settingsFile || join(import.meta.dirname, '..', 'portcullis.yaml'),
  bundles: builtBundles(),
  outdir: outdir || 'cdktf.out',
});
if (synthesis.ok) {
  for (const file of synthesis.files) console.log(`synthesised ${file}`);
  for (const note of synthesis.notes) console.error(`note: ${note}`);
} else {
  for (const problem of synthesis.problems) console.error(problem);
  process.exitCode = 1;
}
