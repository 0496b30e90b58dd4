// `npx nx run cli:screenshots` takes pictures of the HTML page on a phone, on a desktop and in print, for a person to review.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, print, view } from '../src/testing/browser.ts';
import { examplePage } from '../src/testing/example-page.ts';

const browser = findBrowser();
if (browser === undefined) {
  process.stderr.write(
    'There is no Chromium or Chrome; expected one on the PATH, or its path in CHROME_PATH (on Debian: apt-get install chromium).\n',
  );
  process.exit(1);
}
const folder = join(import.meta.dirname, '..', 'dist', 'screenshots');
mkdirSync(folder, { recursive: true });
const page = examplePage();
writeFileSync(join(folder, 'page.html'), page);
for (const [name, width] of [
  ['phone', 390],
  ['desktop', 1280],
]) {
  const file = join(folder, `${name}.png`);
  const { scrollWidth, height } = await view(browser, page, width, file);
  process.stdout.write(`${file}: ${width} × ${height}${scrollWidth > width ? `, and ${scrollWidth - width} pixels too wide` : ''}\n`);
  if (scrollWidth > width) process.exitCode = 1;
}
const printed = join(folder, 'print.pdf');
await print(browser, page, printed);
process.stdout.write(`${printed}\n`);
