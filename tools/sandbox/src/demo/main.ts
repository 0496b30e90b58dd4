/** `npm run demo`: both reference scenarios, played on this machine. Exits with 1 when the outcome is not the promised one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctions } from '../deployment/synthesis.js';
import { startSandbox } from '../sandbox.js';
import { findTerraform } from '../terraform/terraform.js';
import { deployDirectly, deployWithTerraform } from './deployments.js';
import { baselineFor, createGroups } from './groups.js';
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

if (options.help) process.stdout.write(`${HELP}\n`);
else if (options.check) process.exitCode = await checkTerraform().catch(failed);
else process.exit(await demo().catch(failed)); // a demo that failed may have left a Terraform running

/** Says whether `--deploy` can run here, and how. */
async function checkTerraform(): Promise<number> {
  process.stdout.write(`${(await findTerraform()).summary}\n`);
  return 0;
}

async function demo(): Promise<number> {
  const started = performance.now();
  const { deploy: isByTerraform, events: wholeEvents } = options;
  const tell = (text: string): void => {
    stage.line('', text, 'dim');
  };
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
  stage.heading(
    'Portcullis keeps EC2 security groups as their owners declared them',
    'AWS is played by moto on this machine; nothing leaves it',
  );
  await timed('built', 'both functions', buildFunctions);
  const sandbox = await timed('started', 'AWS on this machine', startSandbox);
  try {
    const groups = await createGroups(sandbox);
    const [how, deploy] = isByTerraform
      ? (['by Terraform', deployWithTerraform] as const)
      : (['from cdk.tf.json', deployDirectly] as const);
    const deployOnceMore = await timed('deployed', how, () => deploy(sandbox, baselineFor(groups), outdir, tell));
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
    for (const check of atEnd) stage.check(check);
    return conclude([...checks, ...atEnd], started);
  } finally {
    await sandbox.stop();
    await rm(outdir, { recursive: true, force: true });
  }
}

function failed(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

function conclude(checks: readonly Check[], started: number): number {
  const broken = checks.filter(({ kept }) => !kept);
  stage.gap();
  const outcome = `${checks.length - broken.length} of ${checks.length} promises kept in ${seconds(started)}`;
  stage.line('', outcome, broken.length === 0 ? 'green' : 'red');
  for (const check of broken) stage.check(check);
  return broken.length === 0 && checks.length > 0 ? 0 : 1;
}

async function timed<T>(label: string, what: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await run();
  stage.line(label, `${what}, ${seconds(started)}`);
  return result;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
