/** `npm run demo`: plays the reference scenarios. Exits with 1 if a check fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctionsForSandbox } from '../deployment/synthesis.js';
import { startSandbox } from '../sandbox.js';
import { findTerraform } from '../deployment/terraform.js';
import { deployDemoWithoutTerraform, deployDemoModule, deployDemoStack } from './deployments.js';
import { demoBaselineFile, demoScenarioBaselines, createScenarioGroups, LIMITS, runInstanceInGroup } from './groups.js';
import { playScenario, SCENARIOS, type Checks } from './scenarios.js';
import { printDemoLines, printDemoChecks, printDemoHeading, printDemoLabelled } from './terminal.js';

const HELP = `npm run demo                 five scenarios on a simulated AWS: seconds
npm run demo -- --events     shows each delivered event as JSON
npm run demo:deploy          the same with \`terraform apply\`; then plans again and destroys
npm run module:try           the same with the Terraform module instead of the stack`;

const STORY = `The owners of three security groups declared in a baseline file which incoming traffic is allowed. Mallory has credentials that allow \
changes of security groups, and opens ports that nobody declared. One limit applies to every group, even to a group without a baseline.
Portcullis is two Lambda functions. CloudTrail events invoke the detector, which reports who did what. AWS Config events \
invoke the remediator, which restores the group.
AWS is simulated on this machine; no call leaves it. Here, events arrive immediately. On AWS, CloudTrail events take seconds, and AWS \
Config events take minutes.`;

const NEXT = `Try next:
  npm run sandbox             be mallory yourself: the same simulated AWS, for the AWS CLI
  docs/tutorial.md            from an unmanaged account to a guarded one, step by step
  npx portcullis survey       what is open to the internet in your own account, and who opened it;
                              it changes nothing`;

const { values: options } = parseArgs({
  options: {
    deploy: { type: 'boolean', default: false },
    module: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const started = performance.now();

if (options.help) printDemoLines(HELP);
// Exits at once, because a failed demo may have left Terraform running.
else process.exit(await (options.check ? printDemoTerraform() : playDemo()).catch(printDemoError));

/** Prints whether `--deploy` can run on this machine. `.ci/run` uses this check before it runs the demo. */
async function printDemoTerraform(): Promise<number> {
  printDemoLines((await findTerraform()).summary);
  return 0;
}

function printDemoError(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

async function playDemo(): Promise<number> {
  const { deploy: isByTerraform, module: isModule, events: wholeEvents } = options;
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
  printDemoHeading('Portcullis keeps EC2 security groups as their owners declared them', STORY);
  await timeDemoStep('both functions are built', buildFunctionsForSandbox);
  const sandbox = await timeDemoStep('AWS runs on this machine', startSandbox);
  try {
    const groups = await createScenarioGroups(sandbox);
    for (const [name, id] of Object.entries<string>(groups)) await runInstanceInGroup(sandbox.ec2(), `${name}-1`, id);
    const tell = (text: string): void => {
      printDemoLabelled('', text, 'dim');
    };
    const deploy = isByTerraform ? (isModule ? deployDemoModule : deployDemoStack) : deployDemoWithoutTerraform;
    const deployOnceMore = await timeDemoStep(`Portcullis is deployed${isByTerraform ? ' by Terraform' : ''}`, () =>
      deploy(sandbox, demoBaselineFile(demoScenarioBaselines(groups), LIMITS), outdir, tell),
    );
    await sandbox.settle();
    const checks: Record<string, boolean> = {};
    for (const scenario of SCENARIOS) Object.assign(checks, await playScenario(scenario, sandbox, groups, { wholeEvents }));
    printDemoHeading(
      isByTerraform ? '6  Portcullis is deployed again, then destroyed' : '6  Portcullis is deployed again',
      `A second deployment changes nothing${isByTerraform ? ', and `terraform destroy` leaves nothing behind' : ''}.`,
    );
    const atEnd = await deployOnceMore();
    printDemoChecks(atEnd);
    return printDemoOutcome({ ...checks, ...atEnd });
  } finally {
    await sandbox.stop();
    await rm(outdir, { recursive: true, force: true });
  }
}

function printDemoOutcome(checks: Checks): number {
  const count = Object.keys(checks).length;
  const broken = Object.entries(checks).filter(([, isKept]) => !isKept);
  printDemoLines('');
  const outcome = `${count - broken.length} of ${count} checks passed in ${formatDemoSeconds(started)}`;
  printDemoLabelled('', outcome, broken.length === 0 ? 'green' : 'red');
  printDemoChecks(Object.fromEntries(broken));
  printDemoLines('', NEXT);
  return broken.length === 0 ? 0 : 1;
}

async function timeDemoStep<T>(what: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  printDemoLabelled('✓', what, 'green', formatDemoSeconds(start));
  return result;
}

function formatDemoSeconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
