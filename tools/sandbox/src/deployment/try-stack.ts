/**
 * Deploys a stack that another app synthesised. The argument is the path of the stack's `cdk.tf.json`. After the deployment, mallory opens
 * two ports of a group `web`. The baseline of the stack must declare tcp 80 and 443 for groups of that name. Exits with 1 if Portcullis
 * does not close the two ports.
 */
import { createExampleGroup } from '../demo/groups.js';
import { compliance } from '../demo/scenarios.js';
import { readSynthesisedStack } from './synthesised-stack.js';
import { startSandbox } from '../sandbox.js';

const [, , STACK_FILE = ''] = process.argv;
const sandbox = await startSandbox();
try {
  const deployment = await readSynthesisedStack(STACK_FILE, sandbox);
  await sandbox.deploy(deployment);
  const { groups } = await createExampleGroup(sandbox);
  await sandbox.settle();
  const checks = await compliance.play(sandbox, groups[0]?.id ?? '');
  for (const [promise, isKept] of Object.entries(checks)) console.log(`${isKept ? '✓' : '✗'} ${promise}`);
  process.exitCode = Object.values(checks).every(Boolean) ? 0 : 1;
} finally {
  await sandbox.stop();
}
