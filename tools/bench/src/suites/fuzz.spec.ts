import { fuzzed } from './fuzz.js';

it('no function throws anything but InvalidPermissionError at generated values, and each accepts some and refuses some', () => {
  const { taken, faults } = fuzzed(3000);

  expect(faults).toEqual([]);
  expect(Object.entries(taken).filter(([, { accepted, refused }]) => accepted === 0 || refused === 0)).toEqual([]);
});
