import { fuzzPermissionFunctions } from './fuzz-suite.js';

it('every function of permission-diff accepts some generated values and refuses others, and throws no error except InvalidPermissionError', () => {
  const { taken, faults } = fuzzPermissionFunctions(3000);

  expect(faults).toEqual([]);
  expect(Object.entries(taken).filter(([, { accepted, refused }]) => accepted === 0 || refused === 0)).toEqual([]);
});
