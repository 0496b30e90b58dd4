import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { packFunction, readModules, writeFunctionPackage } from './function-package.js';

const bundle = { 'main.mjs': new TextEncoder().encode('export const handler = () => {};') };
const baseline = '{"format":"portcullis-baseline"}';

afterEach(() => {
  jest.useRealTimers();
});

it('contains the bundle and the compiled baseline where the function looks for them', () => {
  const files = unzipSync(packFunction(bundle, baseline));

  expect(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, strFromU8(content)]))).toEqual({
    'main.mjs': 'export const handler = () => {};',
    'baseline.json': baseline,
  });
});

it('contains the modules beside the bundle, and no other files of that folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  for (const name of ['main.mjs', 'sns-sink.mjs', 'main.mjs.map', 'main.meta.json']) writeFileSync(join(folder, name), name);

  const files = unzipSync(packFunction(readModules(join(folder, 'main.mjs')), baseline));
  rmSync(folder, { recursive: true });

  expect(Object.keys(files)).toEqual(['baseline.json', 'main.mjs', 'sns-sink.mjs']);
});

it('has the same bytes on another day', () => {
  const today = packFunction(bundle, baseline);
  jest.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z') });

  expect(Buffer.from(packFunction(bundle, baseline)).equals(today)).toBe(true);
});

it('has the same bytes in every time zone: each file has the earliest local date that a zip can store', () => {
  const zip = Buffer.from(packFunction(bundle, baseline));

  expect(zip.readUInt32LE(10)).toBe(0x00_21_00_00); // 1980-01-01 00:00:00
});

it.each([
  ['the bundle', packFunction({ 'main.mjs': new TextEncoder().encode('export const handler = () => 1;') }, baseline)],
  ['the baseline', packFunction(bundle, '{"format":"portcullis-baseline","version":1}')],
])('has different bytes if %s changed', (_, other) => {
  expect(Buffer.from(other).equals(packFunction(bundle, baseline))).toBe(false);
});

it('makes its files readable for the user that Lambda runs as', () => {
  const zip = Buffer.from(packFunction(bundle, baseline));
  const centralHeader = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));

  expect((zip.readUInt32LE(centralHeader + 38) >>> 16).toString(8)).toBe('100644');
});

it('is written to a file, and its hash is the one that Lambda reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const written = writeFunctionPackage(join(folder, 'deep', 'a.zip'), packFunction(bundle, baseline));

  const sha256 = createHash('sha256').update(readFileSync(written.file)).digest('base64');
  rmSync(folder, { recursive: true });
  expect(written.sha256).toBe(sha256);
});
