/** Both ways of deploying Portcullis into the sandbox, and how each is ended: once more, then not at all. */
import { provisionDirect, synthesise } from '../provision/index.js';
import type { Sandbox } from '../sandbox.js';
import { deployWithTerraform } from '../terraform/index.js';
import type { Check } from './scenarios.js';

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
      const changes = await deployed.planAgain();
      tellEnd('destroying');
      await deployed.destroy();
      const left = await deployed.leftovers();
      return [
        { promise: 'applied again, Terraform would change nothing', kept: changes.length === 0 },
        {
          promise:
            left.length === 0 ? 'destroyed, nothing is left' : `destroyed, nothing is left: but ${left.join(', ')}`,
          kept: left.length === 0,
        },
      ];
    },
  };
}
