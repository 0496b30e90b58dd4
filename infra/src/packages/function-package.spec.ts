import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipFunctionPackage, writeFunctionPackage } from './function-package.js';

function packed(): Buffer {
  return Buffer.from(zipFunctionPackage({ 'main.mjs': new TextEncoder().encode('export const handler = () => {};') }, '{}'));
}

it('the zip of a function has the same bytes on every day', () => {
  const today = packed();
  jest.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z') });
  const another = packed();
  jest.useRealTimers();

  expect(another.equals(today)).toBe(true);
});

it('the zip of a function is the same in every time zone, because each file has the date 1980-01-01 in local time', () => {
  expect(packed().readUInt32LE(10)).toBe(0x00_21_00_00); // 1980-01-01 00:00:00
});

it('every user can read the files in the zip of a function, also the user that runs the function in Lambda', () => {
  const centralHeader = packed().indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));

  expect((packed().readUInt32LE(centralHeader + 38) >>> 16).toString(8)).toBe('100644');
});

it('`writeFunctionPackage` writes the zip to a file, and returns the hash that Lambda reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const written = writeFunctionPackage(join(folder, 'deep', 'a.zip'), packed());

  const sha256 = createHash('sha256').update(readFileSync(written.file)).digest('base64');
  rmSync(folder, { recursive: true });
  expect(written.sha256).toBe(sha256);
});
