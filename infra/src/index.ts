/** For a CDKTF app of one's own: `new Portcullis(this, 'guard', { region: 'eu-west-1', baseline: 'baseline.yaml' })`. */
export type { CloudTrailTrigger } from './constructs/cloudtrail-trigger.js';
export { OrganizationRule, type ConfigTrigger, type OrganizationRuleProps } from './constructs/config-trigger.js';
export type { GuardFunction } from './constructs/guard-function.js';
export { MemberStack, type MemberStackProps } from './member-stack.js';
export { OrganizationStack, type OrganizationStackProps } from './organization-stack.js';
export { PortcullisStack, type PortcullisStackProps } from './portcullis-stack.js';
export { Portcullis, PortcullisError, type PerGuard, type PortcullisProps } from './portcullis.js';
