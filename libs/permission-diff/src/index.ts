export type { AccessRange } from './access/access-range.js';
export { boundAccess, widestBlocks, type BoundAccessOptions, type BoundedAccess, type PermissionBound } from './access/bound-access.js';
export { accessBeyond, type Beyond, type Bound, type BoundOptions } from './access/bounds.js';
export { narrowRules, type NarrowOptions } from './access/narrow.js';
export { compareAccess, compareRuleAccess, type AccessComparison } from './access/compare-access.js';
export { covers, overlaps } from './access/covers.js';
export { diffRulesByAccess, planAccess, type PlanAccessOptions } from './access/plan-access.js';
export type { AccessOptions } from './access/read-access.js';
export type { Addresses } from './access/access-region.js';
export type { AccessSource } from './access/access-source.js';
export { areRulesWorldOpen, isWorldOpen, type WorldOpenOptions } from './access/world-open.js';
export type { Block, Ipv4Source, Ipv6Source } from './rules/block.js';
export { readConfigItemRules } from './rules/config-item.js';
export {
  readSecurityGroupRule,
  readSecurityGroupRules,
  securityGroupRuleOf,
  type RecordedRule,
  type SecurityGroupRule,
} from './rules/security-group-rule.js';
export { readSecurityGroup, type SecurityGroupRules } from './rules/security-group.js';
export { diffPermissions, type DiffOptions, type PermissionDiff } from './diff/diff-permissions.js';
export { diffRules, type RuleDiff } from './diff/diff-rules.js';
export type { IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair } from './rules/ec2-permission.js';
export { permissionsOf } from './diff/permissions-of.js';
export {
  formatPermissionProblem,
  InvalidPermissionError,
  isObject,
  permissionProblemText,
  type PermissionProblem,
  type ProblemCode,
  type ReadResult,
} from './rules/problem.js';
export { readPermissionRule, type RuleFields, type RuleOptions } from './rules/read-rule.js';
export { readRules, type ReadOptions } from './rules/read-rules.js';
export { readCidr, type SourceOptions } from './rules/read-source.js';
export { compareRules, formatRule, formatSource, ruleCovers, ruleKey, rulesOverlap, type Direction, type Rule } from './rules/rule.js';
export { sourceKey, type GroupSource, type PrefixListSource, type Source } from './rules/source.js';
export { formatTraffic, type ServiceRange, type Traffic } from './rules/traffic.js';
