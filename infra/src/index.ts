/** The construct for your own CDKTF app: `new Portcullis(this, 'guard', { region: 'eu-west-1', baseline: 'baseline.yaml' })`. */
export type { CloudTrailTrigger } from './constructs/cloudtrail-trigger.js';
export { OrganizationRule, type ConfigTrigger, type OrganizationRuleProps } from './constructs/config-trigger.js';
export type { GuardFunction } from './constructs/guard-function.js';
export { Portcullis, PortcullisError, type PortcullisProps } from './constructs/portcullis.js';
export type { PerGuard } from './packages/function-bundle.js';
export { MemberStack, type MemberStackProps } from './stacks/member-stack.js';
export { OrganizationStack, type OrganizationStackProps } from './stacks/organization-stack.js';
export { PortcullisStack, type PortcullisStackProps } from './stacks/portcullis-stack.js';
export { synthesise, type Synthesis, type SynthesiseOptions } from './synth/synthesise.js';
export { readSettings } from '@portcullis/settings';
