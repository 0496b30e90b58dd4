/** `npm run demo`: the reference scenarios, played on this machine. Exits with 1 if one does not end as it must. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctions } from '../deployment/synthesis.js';
import { startSandbox } from '../sandbox.js';
import { findTerraform } from '../terraform/terraform.js';
import { deployDirectly, deployWithTerraform } from './deployments.js';
import { baselineFile, baselinesOf, createGroups, runInstances } from './groups.js';
import { perform, SCENARIOS, type Check } from './scenarios.js';
import { write, writeChecks, writeHeading, writeLine } from './stage.js';

const HELP = `npm run demo                 four scenarios on a simulated AWS: seconds
npm run demo -- --events     shows each delivered event whole
npm run demo:deploy          the same after a real apply by Terraform; plans again; destroys`;

const STORY = `The owners of three security groups declared, in a file called the baseline, which traffic may come in. Mallory has \
credentials that may change security groups, and opens what nobody declared.
Portcullis is two Lambda functions. CloudTrail's events invoke the detector, which says who did what. AWS Config's invoke the \
remediator, which restores the group.
AWS is simulated on this machine; no call leaves it. Here events arrive at once. On AWS, CloudTrail's take seconds and AWS Config's \
minutes.`;

const NEXT = `Try next:
  npm run sandbox             be mallory yourself: the same simulated AWS, for the AWS CLI
  docs/tutorial.md            from an unmanaged account to a guarded one, step by step
  npx portcullis survey       what is open to the internet in your own account, and who opened it;
                              it changes nothing`;

const { values: options } = parseArgs({
  options: {
    deploy: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const started = performance.now();

if (options.help) write(HELP);
// A demo that failed may have left a Terraform running.
else process.exit(await (options.check ? checkTerraform() : demo()).catch(refuse));

/** Says whether `--deploy` can run here, and how. */
async function checkTerraform(): Promise<number> {
  write((await findTerraform()).summary);
  return 0;
}

function refuse(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

async function demo(): Promise<number> {
  const { deploy: isByTerraform, events: wholeEvents } = options;
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
  writeHeading('Portcullis keeps EC2 security groups as their owners declared them', STORY);
  await timed('both functions are built', buildFunctions);
  const sandbox = await timed('AWS runs on this machine', startSandbox);
  try {
    const groups = await createGroups(sandbox);
    await runInstances(sandbox, groups);
    const tell = (text: string): void => {
      writeLine('', text, 'dim');
    };
    const deploy = isByTerraform ? deployWithTerraform : deployDirectly;
    const deployOnceMore = await timed(`Portcullis is deployed${isByTerraform ? ' by Terraform' : ''}`, () =>
      deploy(sandbox, baselineFile(baselinesOf(groups)), outdir, tell),
    );
    await sandbox.settle();
    const checks: Check[] = [];
    for (const scenario of SCENARIOS) checks.push(...(await perform(scenario, sandbox, groups, { wholeEvents })));
    writeHeading(
      isByTerraform ? '5  Portcullis is deployed again, then destroyed' : '5  Portcullis is deployed again',
      `A second deployment changes nothing${isByTerraform ? ', and a destroyed one leaves nothing behind' : ''}.`,
    );
    const atEnd = await deployOnceMore();
    writeChecks(atEnd);
    return conclude([...checks, ...atEnd]);
  } finally {
    await sandbox.stop();
    await rm(outdir, { recursive: true, force: true });
  }
}

function conclude(checks: readonly Check[]): number {
  const broken = checks.filter(({ kept }) => !kept);
  write('');
  const outcome = `${checks.length - broken.length} of ${checks.length} checks passed in ${secondsSince(started)}`;
  writeLine('', outcome, broken.length === 0 ? 'green' : 'red');
  writeChecks(broken);
  write('', NEXT);
  return broken.length === 0 && checks.length > 0 ? 0 : 1;
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  writeLine('✓', what, 'green', secondsSince(start));
  return result;
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
