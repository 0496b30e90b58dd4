import * as surface from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'InvalidPermissionError',
    'compareRules',
    'diffPermissions',
    'diffRules',
    'formatProblem',
    'formatRule',
    'formatSource',
    'formatTraffic',
    'permissionsOf',
    'readRules',
    'readSecurityGroupRule',
    'ruleKey',
    'rulesOverlap',
    'sourceKey',
  ]);
});
