// Synthesises the stack of `$PORTCULLIS_SETTINGS` into `$CDKTF_OUTDIR`, or says everything that keeps it from doing so.
import { join } from 'node:path';
import { bundleFile } from './function-bundle.js';
import { synthesise } from './synthesise.js';

// An empty variable is one that was taken away.
const { PORTCULLIS_SETTINGS: settingsFile = '', CDKTF_OUTDIR: outdir = '' } = process.env;

const synthesis = synthesise({
  settingsFile: settingsFile || join(import.meta.dirname, '..', 'portcullis.yaml'),
  bundles: { remediator: bundleFile('config-remediator'), detector: bundleFile('cloudtrail-detector') },
  outdir: outdir || 'cdktf.out',
});
if (synthesis.ok) {
  console.log(`synthesised ${synthesis.file}`);
} else {
  for (const problem of synthesis.problems) console.error(problem);
  process.exitCode = 1;
}
