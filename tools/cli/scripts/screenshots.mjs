// `npx nx run cli:screenshots` takes screenshots of the HTML pages for a review. With `-- --docs`, it also updates the pictures of the
// docs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { htmlPage } from '../src/page/page.ts';
import { findBrowser, openBrowser, openPage } from '../src/testing/browser.ts';
import { exampleFleet, examplePlan } from '../src/testing/example-page.ts';
import { exampleSurvey } from '../src/testing/example-survey.ts';

const executable = findBrowser();
if (executable === undefined) {
  process.stderr.write('Chromium or Chrome not found; expected it on PATH or in CHROME_PATH (on Debian: apt-get install chromium).\n');
  process.exit(1);
}
const folder = join(import.meta.dirname, '..', 'dist', 'screenshots');
const pictures = join(import.meta.dirname, '..', '..', '..', 'docs', 'pictures');
mkdirSync(folder, { recursive: true });
const models = { survey: exampleSurvey(), plan: examplePlan(), fleet: exampleFleet(120, 180) };
const screens = {
  desktop: { width: 1280 },
  phone: { width: 390, height: 844 },
  dark: { width: 1280, colorScheme: 'dark' },
};
/** The docs show only the first screen. */
const documented = process.argv.includes('--docs') ? ['survey desktop', 'survey phone', 'plan desktop', 'plan phone'] : [];
const browser = await openBrowser(executable);
try {
  for (const [name, model] of Object.entries(models)) {
    const html = htmlPage(model);
    writeFileSync(join(folder, `${name}.html`), html);
    for (const [screen, size] of Object.entries(screens)) {
      const { page } = await openPage(browser, html, size);
      const file = join(folder, `${name}-${screen}.png`);
      await page.screenshot({ path: file, fullPage: true });
      if (documented.includes(`${name} ${screen}`))
        await page.screenshot({ path: join(pictures, `page-${name}-${screen}.png`), clip: { x: 0, y: 0, width: size.width, height: 760 } });
      process.stdout.write(`${file}\n`);
      await page.context().close();
    }
    const { page } = await openPage(browser, html, screens.desktop);
    await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4' });
    await page.context().close();
  }
} finally {
  await browser.close();
}
