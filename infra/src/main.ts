// Synthesises the stacks of `$PORTCULLIS_SETTINGS` into `$CDKTF_OUTDIR`, or says everything that keeps it from doing so.
import { join } from 'node:path';
import { builtBundles } from './portcullis.js';
import { synthesise } from './synthesise.js';

// An empty variable is one that was taken away.
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
