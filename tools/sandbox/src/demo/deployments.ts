/** Deploys Portcullis into the sandbox for the demo: without Terraform, or with Terraform as a stack or a module. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readDeploymentFromTerraform } from '../deployment/deployment.js';
import {
  deployStacks,
  synthesiseStacksForSandbox,
  synthesiseDeployments,
  synthesiseModuleForSandbox,
  type SettingsInput,
} from '../deployment/synthesis.js';
import { json } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { findTerraform, TerraformStack } from '../deployment/terraform.js';
import type { Checks } from './scenarios.js';

type Tell = (line: string) => void;

/**
 * Deploys Portcullis. The returned function checks whether a second deployment would change anything. With Terraform, the returned function
 * also destroys the deployment.
 */
export type Deploy = (sandbox: Sandbox, baselineText: string, outdir: string, tell: Tell) => Promise<() => Promise<Checks>>;

/** Deploys the synthesised stack in seconds, without Terraform. */
export const deployDemoWithoutTerraform: Deploy = async (sandbox, baselineText, outdir, tell) => {
  const deployed = await deployStacks(sandbox, { baselineText, outdir });
  for (const { functions, eventRules, configRules } of deployed)
    tell(`deployed ${functions.length} functions, ${eventRules.length} EventBridge rules and ${configRules.length} AWS Config rule`);
  return async () => {
    const callsSince = sandbox.calls.length;
    const again = await synthesiseDeployments(sandbox, { baselineText, outdir });
    await sandbox.settle();
    return {
      'a second synthesis returns the same stack': isDeepStrictEqual(again, deployed),
      'the second synthesis invoked no function': sandbox.calls.slice(callsSince).every(({ caller }) => caller.kind !== 'function'),
    };
  };
};

/**
 * Deploys the stack with Terraform, as `cdktf deploy` does. Meanwhile, deploys the module in a second region, and destroys this second
 * deployment.
 */
export const deployDemoStack: Deploy = (...args) => deployDemoWithTerraform('stack', ...args);

/** Deploys the Terraform module. Meanwhile, deploys the stack in a second region, and destroys this second deployment. */
export const deployDemoModule: Deploy = (...args) => deployDemoWithTerraform('module', ...args);

async function deployDemoWithTerraform(
  first: 'stack' | 'module',
  ...[sandbox, baselineText, outdir, tell]: Parameters<Deploy>
): ReturnType<Deploy> {
  const tools = await findTerraform();
  tell(tools.summary);
  const { providerVersion: version } = tools;
  const isOld = version?.startsWith('5.') === true;
  const { region } = sandbox;
  const second = region === 'us-east-1' ? 'eu-west-1' : 'us-east-1';
  /** Synthesises the baseline. Returns one folder for each region. Terraform runs in these folders. */
  const synthesised = async (text: string, ...regions: readonly string[]): Promise<readonly string[]> => {
    const provider = { endpoint: sandbox.endpoint, ...(isOld && { version }) };
    // AWS provider 5 accepts no runtime newer than nodejs22.x. The runtime does not matter here, because the sandbox runs the functions
    // with this machine's Node.js.
    const settings = { ...(isOld && { runtime: 'nodejs22.x' }), provider, regions };
    const input = { baselineText: text, outdir, settings };
    const folders: string[] = [];
    for (const [i, stack] of (await synthesiseStacksForSandbox({ ...input, region })).entries())
      folders.push(
        (i === 0) === (first === 'stack')
          ? stack
          : await writeDemoModuleConfiguration(sandbox, { ...input, region: regions[i] ?? region }, stack),
      );
    return folders;
  };
  const inventory = async (): Promise<readonly string[]> => (await sandbox.ask({ inventory: {} })) as readonly string[];
  const before = new Set(await inventory());
  const newlyMade = async (): Promise<readonly string[]> => (await inventory()).filter((each) => !before.has(each));

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
  onAndOff.catch(() => undefined); // awaited below
  await stack.apply();
  await sandbox.deploy(readDeploymentFromTerraform(await stack.show(), sandbox, stack.folder));

  return async () => {
    tell('planning another baseline');
    await synthesised(baselineText.replaceAll(/\b443\b/g, '8443'), region);
    const ofBaseline = await stack.plan();
    const [added, isValid] = await Promise.all([onAndOff, stack.isValid()]);
    tell(`planning the first baseline again, only in ${region}`);
    await synthesised(baselineText, region);
    const changes = await stack.plan();
    tell('destroying');
    await stack.destroy();
    const left = await newlyMade();
    return {
      '`terraform validate` reports nothing': isValid,
      'a second apply would change nothing': changes.length === 0,
      [`another baseline would only change the code of the two functions: ${ofBaseline.join(', ')}`]:
        ofBaseline.length === 2 && ofBaseline.every((change) => /^update (module\.portcullis\.)?aws_lambda_function\./.test(change)),
      [`the deployment in ${second} added ${added.length} resources, and its removal did not change the first region`]:
        added.length > 0 && changes.length === 0,
      [`after the destroy, no resource is left${left.length === 0 ? '' : `: but ${left.join(', ')}`}`]: left.length === 0,
    };
  };
}

/**
 * Writes a Terraform configuration that calls the module of a region, like a user's configuration. The provider block comes from a
 * synthesised stack. Returns the folder of the configuration.
 */
async function writeDemoModuleConfiguration({ partition, accountId }: Sandbox, input: SettingsInput, stack: string): Promise<string> {
  const folder = join(input.outdir, 'terraform', input.region);
  await mkdir(folder, { recursive: true });
  await synthesiseModuleForSandbox(input, join(folder, 'portcullis'));
  const provider = json.parse(await readFile(join(stack, 'cdk.tf.json'), 'utf8'))?.provider;
  await writeFile(join(folder, 'provider.tf.json'), JSON.stringify({ provider }));
  const topic = `arn:${partition}:sns:${input.region}:${accountId}:alarms`;
  await writeFile(join(folder, 'main.tf'), demoModuleConfiguration(topic));
  return folder;
}

function demoModuleConfiguration(topicArn: string): string {
  return `module "portcullis" {
  source = "./portcullis"

  memory                          = 512
  reserved_concurrency_remediator = 5
  alarms_actions                  = ["${topicArn}"]
  tags                            = { Team = "platform" }
}

output "remediator" {
  value = module.portcullis.remediator_function_arn
}
`;
}
