import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, view } from '../testing/browser.js';
import { examplePage } from '../testing/example-page.js';

jest.setTimeout(120_000);

const browser = findBrowser();
// Where there is no browser, there is nothing to look with.
const where = browser === undefined ? it.skip : it;
const given = (): string => browser ?? '';

where.each([320, 390, 768, 1280])('the page fits a screen of %i pixels: nobody scrolls sideways', async (width) => {
  const { scrollWidth } = await view(given(), examplePage(), width);

  expect(scrollWidth).toBeLessThanOrEqual(width);
});

where('a page that is too wide would be seen', async () => {
  const wide = examplePage().replace('<main>', '<main><div style="width:2000px">wide</div>');

  expect((await view(given(), wide, 390)).scrollWidth).toBeGreaterThan(390);
});

where('a picture is taken of all of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-picture-'));
  try {
    const file = join(folder, 'page.png');
    await view(given(), examplePage(3), 390, file);

    expect(existsSync(file)).toBe(true);
    expect(statSync(file).size).toBeGreaterThan(10_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a browser is found by CHROME_PATH, and no other file is taken for one', () => {
  expect(findBrowser({ CHROME_PATH: process.execPath, PATH: '' })).toBe(process.execPath);
  expect(findBrowser({ CHROME_PATH: '/nowhere', PATH: '/nowhere' })).toBeUndefined();
});
