import * as surface from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'InvalidPermissionError',
    'compareAccess',
    'compareRuleAccess',
    'compareRules',
    'covers',
    'diffPermissions',
    'diffRules',
    'diffRulesByAccess',
    'formatAccess',
    'formatDiff',
    'formatProblem',
    'formatRule',
    'formatSource',
    'formatTraffic',
    'isWorldOpen',
    'overlaps',
    'permissionsOf',
    'planAccess',
    'readCloudTrailRules',
    'readConfigItem',
    'readRules',
    'readSecurityGroup',
    'readSecurityGroupRule',
    'readSecurityGroupRules',
    'ruleKey',
    'rulesOverlap',
    'sourceKey',
  ]);
});
