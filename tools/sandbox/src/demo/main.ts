/** `npm run demo`: both reference scenarios, played on this machine. Exits with 1 when the outcome is not the promised one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctions } from '../deployment/synthesis.js';
import { startSandbox } from '../sandbox.js';
import { findTerraform } from '../terraform/terraform.js';
import { deployDirectly, deployWithTerraform } from './deployments.js';
import { baselineFile, baselinesOf, createGroups } from './groups.js';
import { narrate } from './narrate.js';
import { perform, SCENARIOS, type Check } from './scenarios.js';
import { Stage } from './stage.js';

const HELP = `npm run demo                 both scenarios, deployed from the synthesised JSON
npm run demo -- --events     shows each delivered event whole
npm run demo:deploy          the same after a real apply by Terraform; plans again; destroys`;

const { values: options } = parseArgs({
  options: {
    deploy: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const stage = new Stage();
const started = performance.now();

if (options.help) process.stdout.write(`${HELP}\n`);
// A demo that failed may have left a Terraform running.
else process.exit(await (options.check ? checkTerraform() : demo()).catch(refuse));

/** Says whether `--deploy` can run here, and how. */
async function checkTerraform(): Promise<number> {
  process.stdout.write(`${(await findTerraform()).summary}\n`);
  return 0;
}

function refuse(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

async function demo(): Promise<number> {
  const { deploy: isByTerraform, events: wholeEvents } = options;
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
  stage.heading(
    'Portcullis keeps EC2 security groups as their owners declared them',
    'AWS is played by moto on this machine; nothing leaves it',
  );
  await timed('built', 'both functions', buildFunctions);
  const sandbox = await timed('started', 'AWS on this machine', startSandbox);
  try {
    const groups = await createGroups(sandbox);
    const tell = (text: string): void => {
      stage.line('', text, 'dim');
    };
    const deploy = isByTerraform ? deployWithTerraform : deployDirectly;
    const deployOnceMore = await timed('deployed', isByTerraform ? 'by Terraform' : 'from cdk.tf.json', () =>
      deploy(sandbox, baselineFile(baselinesOf(groups)), outdir, tell),
    );
    await sandbox.settle();
    const checks: Check[] = [];
    const stopNarrating = narrate(sandbox, stage, { wholeEvents });
    for (const scenario of SCENARIOS) checks.push(...(await perform(scenario, sandbox, groups, stage)));
    stopNarrating();
    stage.heading(
      isByTerraform ? '5  Applied once more, then destroyed' : '5  Deployed once more',
      `   A second deployment changes nothing${isByTerraform ? ', and a destroyed one leaves nothing behind' : ''}`,
    );
    const atEnd = await deployOnceMore();
    stage.checks(atEnd);
    return conclude([...checks, ...atEnd]);
  } finally {
    await sandbox.stop();
    await rm(outdir, { recursive: true, force: true });
  }
}

function conclude(checks: readonly Check[]): number {
  const broken = checks.filter(({ kept }) => !kept);
  stage.gap();
  const outcome = `${checks.length - broken.length} of ${checks.length} promises kept in ${secondsSince(started)}`;
  stage.line('', outcome, broken.length === 0 ? 'green' : 'red');
  stage.checks(broken);
  return broken.length === 0 && checks.length > 0 ? 0 : 1;
}

async function timed<T>(label: string, what: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  stage.line(label, `${what}, ${secondsSince(start)}`);
  return result;
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
