/** The ways to deploy Portcullis into the sandbox. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readTerraformState } from '../deployment/deployment.js';
import { deployStacks, synthesiseStacks, synthesiseDeployments, synthesiseModule, type SettingsInput } from '../deployment/synthesis.js';
import { parseJsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { findTerraform, TerraformStack } from '../deployment/terraform.js';
import type { Checks } from './scenarios.js';

type Tell = (line: string) => void;

/** Deploys Portcullis. Returns a function that deploys again, and checks that nothing changes. With Terraform, that function also destroys. */
export type Deploy = (sandbox: Sandbox, baselineText: string, outdir: string, tell: Tell) => Promise<() => Promise<Checks>>;

/** Deploys from the synthesised JSON in seconds, without Terraform. */
export const deployWithoutTerraform: Deploy = async (sandbox, baselineText, outdir, tell) => {
  const deployed = await deployStacks(sandbox, { baselineText, outdir });
  for (const { functions, eventRules, configRules } of deployed)
    tell(`${functions.length} functions, ${eventRules.length} EventBridge rules and ${configRules.length} AWS Config rule of the stack`);
  return async () => {
    const callsSince = sandbox.calls.length;
    const again = await synthesiseDeployments(sandbox, { baselineText, outdir });
    await sandbox.settle();
    return {
      'synthesised again, the stack is the same': isDeepStrictEqual(again, deployed),
      'it called no function': sandbox.calls.slice(callsSince).every(({ caller }) => caller.kind !== 'function'),
    };
  };
};

/** Deploys the stack with Terraform and the AWS provider, as `cdktf deploy` does. At the same time, deploys the module in a second region and destroys it. */
export const deployTerraformStack: Deploy = (...args) => deployDemoWithTerraform('stack', ...args);

/** Deploys the Terraform module. At the same time, deploys the stack in a second region and destroys it. */
export const deployTerraformModule: Deploy = (...args) => deployDemoWithTerraform('module', ...args);

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
  /** Returns the folder of each region, in which Terraform runs. */
  const synthesised = async (text: string, ...regions: readonly string[]): Promise<readonly string[]> => {
    const provider = { endpoint: sandbox.endpoint, ...(isOld && { version }) };
    // The stack needs a provider of 6.40.0 or later. A provider of 5.x knows no later runtime than this. The functions run on this machine's Node.js anyway.
    const settings = { ...(isOld && { runtime: 'nodejs22.x' }), provider, regions };
    const input = { baselineText: text, outdir, settings };
    const folders: string[] = [];
    for (const [i, stack] of (await synthesiseStacks({ ...input, region })).entries())
      folders.push(
        (i === 0) === (first === 'stack') ? stack : await writeModuleCaller(sandbox, { ...input, region: regions[i] ?? region }, stack),
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
  await sandbox.deploy(readTerraformState(await stack.show(), sandbox, stack.folder));

  return async () => {
    tell('planning another baseline');
    await synthesised(baselineText.replaceAll(/\b443\b/g, '8443'), region);
    const ofBaseline = await stack.plan();
    const [added, isValid] = await Promise.all([onAndOff, stack.isValid()]);
    tell(`planning the same baseline, without ${second}`);
    await synthesised(baselineText, region);
    const changes = await stack.plan();
    tell('destroying');
    await stack.destroy();
    const left = await newlyMade();
    return {
      '`terraform validate` reports nothing': isValid,
      'applied again, Terraform would change nothing': changes.length === 0,
      [`with another baseline, it would change the code of the two functions: ${ofBaseline.join(', ')}`]:
        ofBaseline.length === 2 && ofBaseline.every((change) => /^update (module\.portcullis\.)?aws_lambda_function\./.test(change)),
      [`${second} added ${added.length} resources, and removing it left the first region as it was`]:
        added.length > 0 && changes.length === 0,
      [`destroyed, nothing is left${left.length === 0 ? '' : `: but ${left.join(', ')}`}`]: left.length === 0,
    };
  };
}

/** Writes a configuration by hand that uses the module of a region, with the provider of a stack. Returns its folder. */
async function writeModuleCaller({ partition, accountId }: Sandbox, input: SettingsInput, stack: string): Promise<string> {
  const folder = join(input.outdir, 'terraform', input.region);
  await mkdir(folder, { recursive: true });
  await synthesiseModule(input, join(folder, 'portcullis'));
  const provider = parseJsonObject(await readFile(join(stack, 'cdk.tf.json'), 'utf8'))?.provider;
  await writeFile(join(folder, 'provider.tf.json'), JSON.stringify({ provider }));
  const topic = `arn:${partition}:sns:${input.region}:${accountId}:alarms`;
  await writeFile(join(folder, 'main.tf'), moduleCallerHcl(topic));
  return folder;
}

function moduleCallerHcl(topicArn: string): string {
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
