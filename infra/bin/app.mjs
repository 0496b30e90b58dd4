// `cdktf` runs this file. It builds both bundles and then synthesises. PORTCULLIS_SKIP_BUILD=1 skips the build. Nx only builds a bundle
// whose sources have changed, so a build without changes takes a second.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const infra = dirname(import.meta.dirname);
const workspace = dirname(infra);

function runInfraAppStep(args, cwd) {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.env.PORTCULLIS_SKIP_BUILD !== '1') {
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  runInfraAppStep([nx, 'run-many', '--target=build', '--projects=config-remediator,cloudtrail-detector'], workspace);
}
runInfraAppStep(['--conditions=@portcullis/source', '--import=tsx', join(infra, 'src', 'synth', 'main.ts')], infra);
