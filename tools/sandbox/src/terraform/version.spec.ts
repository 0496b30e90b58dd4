import { compareVersions, formatVersion, parseVersion, type Version } from './version.js';

describe('a version', () => {
  it.each(['5.100.0', '0.0.1', '10.2.33'])('%s is read and written back', (text) => {
    expect(formatVersion(parseVersion(text) ?? [0, 0, 0])).toBe(text);
  });

  it.each(['5.100', 'v5.100.0', '5.100.0-beta1', '5.100.0.1', '', 'latest'])('`%s` is none', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  it.each<{ older: Version; newer: Version }>([
    { older: [5, 9, 0], newer: [5, 100, 0] }, // by number, not by text
    { older: [5, 100, 0], newer: [6, 0, 0] },
    { older: [6, 0, 9], newer: [6, 0, 10] },
  ])('$older is older than $newer', ({ older, newer }) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(compareVersions(newer, newer)).toBe(0);
  });
});
