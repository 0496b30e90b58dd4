import type { Sandbox } from '../sandbox.js';
import { guardsOf, type Guards } from './guards.js';
import { provision, unprovision, type ProvisionedStack } from './provision.js';
import type { Place } from './resource-type.js';
import { readStack } from './stack.js';

/** Portcullis as it is deployed in a sandbox, and what had to be done for it. */
export interface Provisioned extends ProvisionedStack, Guards {
  /** How many resources were created, changed, and left as they were. */
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Provisions a synthesised stack, without Terraform: the folder with its `cdk.tf.json`. A second time nothing is left to do, and the counts say so.
 * Rejects with a `StackError` that lists every problem of the stack, nothing created; or with a `ProvisionError` when a call fails.
 */
export const provisionDirect = async (sandbox: Sandbox, stackDir: string): Promise<Provisioned> => {
  const stack = await readStack(stackDir, sandbox);
  const provisioned = await provision(stack, placeIn(sandbox));
  const count = (outcome: string): number => provisioned.actions.filter((each) => each.outcome === outcome).length;
  return {
    ...provisioned,
    ...guardsOf(provisioned),
    created: count('created'),
    changed: count('changed'),
    unchanged: count('unchanged'),
  };
};

/** Removes everything of a synthesised stack that is there; resolves to the addresses of what it removed. */
export const destroyDirect = async (sandbox: Sandbox, stackDir: string): Promise<readonly string[]> =>
  unprovision(await readStack(stackDir, sandbox), placeIn(sandbox));

const placeIn = (sandbox: Sandbox): Place => ({
  region: sandbox.region,
  clients: {
    config: sandbox.config(),
    cloudTrail: sandbox.cloudTrail(),
    cloudWatch: sandbox.cloudWatch(),
    eventBridge: sandbox.eventBridge(),
    iam: sandbox.iam(),
    lambda: sandbox.lambda(),
    logs: sandbox.logs(),
    s3: sandbox.s3(),
    sqs: sandbox.sqs(),
    sts: sandbox.sts(),
  },
});
