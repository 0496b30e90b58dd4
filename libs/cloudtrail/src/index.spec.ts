import * as library from './index.js';

it('exports exactly what it promises', () => {
  expect(Object.keys(library).sort()).toEqual([
    'MAX_EVENT_PATTERN_LENGTH',
    'anyCallPattern',
    'changedNothing',
    'eventPattern',
    'guardCallPattern',
    'isActorRole',
    'isGuardEvent',
    'parseCloudTrailEvent',
    'parseGuardCall',
    'partitionOf',
    'tagEventNames',
    'watchedEventNames',
  ]);
});
