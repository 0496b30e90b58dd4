import { web } from '../testing/detector.js';
import { Departures } from './departures.js';

it('`Departures` forgets the group that left first after more than 10,000 groups have left', () => {
  const departures = new Departures(() => new Date('2026-11-23T10:00:00Z'));
  const ids = Array.from({ length: 10_001 }, (_, i) => `sg-${i}`);
  for (const id of ids) departures.note(id, { before: { kind: 'guarded', baseline: web, limits: [] }, by: 'DeleteTags' });

  const remembered = ids.filter((id) => departures.of(id, { kind: 'unguarded' }) !== undefined);

  expect(remembered).toEqual(ids.slice(1));
});
