import * as surface from './file.js';

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'MAX_FILE_LENGTH',
    'baselineJsonSchema',
    'baselinePlaces',
    'baselineWarnings',
    'formatFileProblem',
    'readBaselineFile',
    'renderCompiledBaseline',
    'writeBaselineFile',
  ]);
});
