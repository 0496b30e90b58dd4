/** Both ways of deploying Portcullis into the sandbox, and how each is ended: once more, then not at all. */
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { deployStacks, synthesise, writeSettings } from '../deployment/synthesis.js';
import { readSynthesised } from '../deployment/synthesised.js';
import { readTerraformState } from '../deployment/terraform-state.js';
import type { Sandbox } from '../sandbox.js';
import { findTerraform, TerraformStack } from '../terraform/terraform.js';
import type { Check } from './scenarios.js';

export type Tell = (line: string) => void;

export interface DemoDeployment {
  /** Deploys again, which must change nothing, and destroys where that is part of the way; returns what was promised. */
  end(tell: Tell): Promise<readonly Check[]>;
}

/** From the synthesised JSON: seconds, and no Terraform. */
export async function deployDirectly(sandbox: Sandbox, baselineText: string, outdir: string, tell: Tell): Promise<DemoDeployment> {
  const deployed = await deployStacks(sandbox, { baselineText, outdir });
  for (const { functions, eventRules, configRules } of deployed)
    tell(`${functions.length} functions, ${eventRules.length} EventBridge rules and ${configRules.length} AWS Config rule of the stack`);
  return {
    end: async () => {
      const callsSince = sandbox.calls.length;
      const [folder = ''] = await synthesise(join(outdir, 'portcullis.yaml'));
      const again = await readSynthesised(join(folder, 'cdk.tf.json'), sandbox);
      await sandbox.settle();
      const byFunctions = sandbox.calls.slice(callsSince).filter(({ caller }) => caller.kind === 'function');
      return [
        { promise: 'synthesised again, the stack is the same', kept: isDeepStrictEqual([again], deployed) },
        { promise: 'no function was called', kept: byFunctions.length === 0 },
      ];
    },
  };
}

/** The same groups with another declaration: one more port is open to the world. */
function withOneMorePort(baselineText: string): string {
  const changed = baselineText.replace('FromPort: 443, ToPort: 443', 'FromPort: 8443, ToPort: 8443');
  if (changed === baselineText) throw new Error('the baseline declares no port 443 that could be changed');
  return changed;
}

/**
 * By Terraform and the AWS provider, as `cdktf deploy` does. Meanwhile a second region is switched on and off again: Terraform waits for most of the time, so that
 * both go on at once.
 */
export async function deployWithTerraform(sandbox: Sandbox, baselineText: string, outdir: string, tell: Tell): Promise<DemoDeployment> {
  const tools = await findTerraform();
  tell(tools.summary);
  const { providerVersion: version } = tools;
  const settings = {
    // The stack accepts a provider of 6.40.0 or later; one of 5.x knows no later runtime than this. The functions run on this machine's Node.js anyway.
    ...(version?.startsWith('5.') && { runtime: 'nodejs22.x' }),
    provider: { endpoint: sandbox.endpoint, ...(version?.startsWith('5.') && { version }) },
  };
  const { region } = sandbox;
  const second = region === 'us-east-1' ? 'eu-west-1' : 'us-east-1';
  const synthesised = async (text: string, ...regions: readonly string[]): Promise<readonly string[]> =>
    synthesise(await writeSettings({ baselineText: text, region, outdir, settings: { ...settings, regions } }));
  const before = new Set(await sandbox.inventory());
  const newlyMade = async (): Promise<readonly string[]> => (await sandbox.inventory()).filter((each) => !before.has(each));

  const stacks = (await synthesised(baselineText, region, second)).map((folder) => new TerraformStack(folder, tools, sandbox, tell));
  const [stack, other] = stacks;
  if (stack === undefined || other === undefined) throw new Error('the CDKTF app did not synthesise a stack for each region');
  await Promise.all(stacks.map((each) => each.init()));
  tell(`applying in ${region} and in ${second}`);
  const onAndOff = other.apply().then(async () => {
    const added = (await newlyMade()).filter((each) => each.includes(second));
    await other.destroy();
    return added;
  });
  onAndOff.catch(() => undefined); // `end` waits for it
  await stack.apply();
  await sandbox.deploy(readTerraformState(await stack.show(), sandbox, stack.folder));

  return {
    end: async (tellEnd) => {
      tellEnd('planning another baseline');
      await synthesised(withOneMorePort(baselineText), region, second);
      const ofBaseline = await stack.plan();
      const [added, problems] = await Promise.all([onAndOff, stack.validate()]);
      tellEnd(`planning the same baseline, without ${second}`);
      await synthesised(baselineText, region);
      const changes = await stack.plan();
      tellEnd('destroying');
      await stack.destroy();
      const left = await newlyMade();
      return [
        { promise: '`terraform validate` reports nothing', kept: problems.length === 0 },
        { promise: 'applied again, Terraform would change nothing', kept: changes.length === 0 },
        {
          promise: `with another baseline, it would change the code of the two functions: ${ofBaseline.join(', ')}`,
          kept: ofBaseline.length === 2 && ofBaseline.every((change) => change.startsWith('update aws_lambda_function.')),
        },
        {
          promise: `${second} added ${added.length} resources, and removing it left the first region as it was`,
          kept: added.length > 0 && changes.length === 0,
        },
        {
          promise: left.length === 0 ? 'destroyed, nothing is left' : `destroyed, nothing is left: but ${left.join(', ')}`,
          kept: left.length === 0,
        },
      ];
    },
  };
}
