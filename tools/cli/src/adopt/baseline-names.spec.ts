import * as fc from 'fast-check';
import { adoptedBaselineNames } from './baseline-names.js';

it('`adoptedBaselineNames` gives every group a unique name that is valid for a baseline', () => {
  const id = fc.oneof(fc.nat(), fc.constantFrom(0, 1)).map((n) => `sg-${n.toString(16).padStart(17, '0')}`);
  const likeAnother = fc.constantFrom('default.sg-00000000000000000', '_sg-00000000000000000', 'default.sg-00000000000000001');
  const name = fc.oneof(likeAnother, fc.string(), fc.constantFrom(null, 'default', 'a'.repeat(255), `${'a'.repeat(43)}b`, '日本'));
  fc.assert(
    fc.property(fc.uniqueArray(fc.record({ id, name }), { selector: (group) => group.id }), (groups) => {
      const names = [...adoptedBaselineNames(groups).values()];

      expect(names).toHaveLength(groups.length);
      expect(new Set(names).size).toBe(groups.length);
      for (const each of names) expect(each).toMatch(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/);
    }),
  );
});
