import * as fc from 'fast-check';
import { parseCompiledBaseline } from './compiled.js';
import { readBaselineFile } from './file/read-baseline-file.js';
import { renderCompiledBaseline } from './file/render.js';
import { choices, compiledBaselines, spelt } from './testing/baselines.js';

it('a compiled baseline is read as it was written', () => {
  fc.assert(
    fc.property(compiledBaselines, (compiled) => {
      expect(parseCompiledBaseline(renderCompiledBaseline(compiled))).toEqual(compiled);
    }),
  );
});

it('every spelling of the same baselines compiles to the same bytes', () => {
  fc.assert(
    fc.property(compiledBaselines, choices, (compiled, choose) => {
      const text = spelt(compiled, choose);

      const read = readBaselineFile(text);

      if (!read.ok) throw new Error(`${JSON.stringify(read.problems, null, 1)}\n${text}`);
      expect(renderCompiledBaseline(read.value)).toBe(renderCompiledBaseline(compiled));
    }),
    { numRuns: 150 },
  );
});

it('what is compiled is canonical whatever the order and spelling of the compiled text', () => {
  fc.assert(
    fc.property(compiledBaselines, (compiled) => {
      const backwards = {
        baselines: [...compiled.baselines].reverse().map(({ groups, ingress, ...rest }) => ({
          ingress: [...ingress].reverse(),
          groups: { vpcs: groups.vpcs, names: groups.names, tags: groups.tags, ids: [...groups.ids].reverse() },
          ...rest,
        })),
        version: 1,
        format: 'portcullis-baseline',
      };

      expect(renderCompiledBaseline(parseCompiledBaseline(JSON.stringify(backwards)))).toBe(renderCompiledBaseline(compiled));
    }),
  );
});
