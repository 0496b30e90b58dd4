// `cdktf` runs this file, which builds both bundles and then synthesises. Nx builds only what has changed, so the build takes a second if
// nothing has changed. PORTCULLIS_SKIP_BUILD=1 skips the build and uses the existing bundles.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const infra = dirname(import.meta.dirname);
const workspace = dirname(infra);

function runNode(args, cwd) {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.env.PORTCULLIS_SKIP_BUILD !== '1') {
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  runNode([nx, 'run-many', '--target=build', '--projects=config-remediator,cloudtrail-detector'], workspace);
}
runNode(['--conditions=@portcullis/source', '--import=tsx', join(infra, 'src', 'main.ts')], infra);
