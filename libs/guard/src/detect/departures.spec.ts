import { web } from '../testing/detector.js';
import { Departures } from './departures.js';

it('`Departures` remembers 10,000 groups, and forgets the oldest group when another group leaves its baseline', () => {
  const departures = new Departures(() => new Date('2026-11-23T10:00:00Z'));
  const ids = Array.from({ length: 10_001 }, (_, i) => `sg-${i}`);
  for (const id of ids) departures.note(id, { before: { kind: 'guarded', baseline: web, limits: [] }, by: 'DeleteTags' });

  const remembered = ids.filter((id) => departures.of(id, { kind: 'unguarded' }) !== undefined);

  expect(remembered).toEqual(ids.slice(1));
});
