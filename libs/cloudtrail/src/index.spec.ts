import * as library from './index.js';

it('exports exactly what it promises', () => {
  expect(Object.keys(library).sort()).toEqual([
    'changedNothing',
    'eventPattern',
    'guardCallPattern',
    'isActorRole',
    'isGuardEvent',
    'parseCloudTrailEvent',
    'parseGuardCall',
    'partitionOf',
    'ruleCallPattern',
    'tagEventNames',
    'watchedEventNames',
  ]);
});
