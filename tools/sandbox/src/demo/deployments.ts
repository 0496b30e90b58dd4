/** Both ways of deploying Portcullis into the sandbox, and how each is ended: once more, then not at all. */
import { provisionDirect, synthesise } from '../provision/index.js';
import type { Sandbox } from '../sandbox.js';
import { deployWithTerraform } from '../terraform/index.js';
import type { Check } from './scenarios.js';

/** The same groups with another declaration: one more port is open to the world. */
const withOneMorePort = (baselineText: string): string => {
  const changed = baselineText.replace('FromPort: 443, ToPort: 443', 'FromPort: 8443, ToPort: 8443');
  if (changed === baselineText) throw new Error('the baseline declares no port 443 that could be changed');
  return changed;
};

export type Tell = (line: string) => void;

export interface Deployment {
  /** Deploys again, which must change nothing, and destroys where that is part of the way; returns what was promised. */
  end(tell: Tell): Promise<readonly Check[]>;
}

/** Straight from the synthesised JSON: seconds, and no Terraform. */
export async function deployDirectly(
  sandbox: Sandbox,
  baselineText: string,
  outdir: string,
  tell: Tell,
): Promise<Deployment> {
  const stackDir = await synthesise({ baselineText, sandbox, outdir });
  const { created } = await provisionDirect(sandbox, stackDir);
  tell(`${created} resources of the synthesised stack`);
  return {
    end: async () => {
      const callsSince = sandbox.calls.length;
      const again = await provisionDirect(sandbox, stackDir);
      await sandbox.settle();
      const byFunctions = sandbox.calls.slice(callsSince).filter(({ caller }) => caller.kind === 'function');
      return [
        {
          promise: `deployed again, none of ${again.unchanged} resources was created or changed`,
          kept: again.created + again.changed === 0,
        },
        { promise: 'no function was called', kept: byFunctions.length === 0 },
      ];
    },
  };
}

/** As a platform team deploys: `cdktf deploy`, by Terraform and the AWS provider. */
export async function deployWithCdktf(
  sandbox: Sandbox,
  baselineText: string,
  outdir: string,
  tell: Tell,
): Promise<Deployment> {
  const deployed = await deployWithTerraform(sandbox, { baselineText, outdir, tell });
  return {
    end: async (tellEnd) => {
      const problems = await deployed.validate();
      const changes = await deployed.planAgain();
      tellEnd('planning another baseline');
      const ofBaseline = await deployed.planAgain(withOneMorePort(baselineText));
      const region = sandbox.region === 'us-east-1' ? 'eu-west-1' : 'us-east-1';
      tellEnd(`guarding ${region} as well, and no more`);
      const added = await deployed.switchRegion(region);
      const afterRegion = await deployed.planAgain();
      tellEnd('destroying');
      await deployed.destroy();
      const left = await deployed.leftovers();
      return [
        { promise: '`terraform validate` has nothing to say', kept: problems.length === 0 },
        { promise: 'applied again, Terraform would change nothing', kept: changes.length === 0 },
        {
          promise: `with another baseline, it would change the code of the two functions: ${ofBaseline.join(', ')}`,
          kept:
            ofBaseline.length === 2 && ofBaseline.every((change) => change.startsWith('update aws_lambda_function.')),
        },
        {
          promise: `${region} switched on was ${added.length} things more, and switched off again left the first region as it was`,
          kept: added.length > 0 && afterRegion.length === 0,
        },
        {
          promise:
            left.length === 0 ? 'destroyed, nothing is left' : `destroyed, nothing is left: but ${left.join(', ')}`,
          kept: left.length === 0,
        },
      ];
    },
  };
}
