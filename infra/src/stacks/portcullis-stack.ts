import type { CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from '@portcullis/settings';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { configTriggerRuleName } from '../constructs/config-trigger.js';
import { Portcullis } from '../constructs/portcullis.js';
import type { PerGuard } from '../packages/function-bundle.js';
import { GuardStack } from './guard-stack.js';

export interface PortcullisStackProps {
  readonly settings: Settings;
  readonly baseline: CompiledBaseline;
  readonly bundles: PerGuard<string>;
}

/** The stack of one region, with both functions. */
export class PortcullisStack extends GuardStack {
  constructor(scope: Construct, id: string, { settings, baseline, bundles }: PortcullisStackProps) {
    super(scope, id, { settings, stateKey: `${settings.name}/${settings.region}.tfstate` });
    const { cloudtrailTrigger, remediator, detector } = new Portcullis(this, 'Default', { ...settings, baseline, bundles });

    new TerraformOutput(this, 'config-rule', { value: configTriggerRuleName(settings) });
    new TerraformOutput(this, 'event-rule', { value: cloudtrailTrigger.rules[0]?.name });
    new TerraformOutput(this, 'remediator', { value: remediator.function.functionName });
    new TerraformOutput(this, 'detector', { value: detector.function.functionName });
  }
}
