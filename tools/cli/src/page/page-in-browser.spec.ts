import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, openBrowser, openPage, type OpenedPage, type Viewport } from '../testing/browser.js';
import { exampleFleet, examplePlan } from '../testing/example-page.js';
import { exampleSurvey } from '../testing/example-survey.js';
import { htmlPage } from './page.js';

jest.setTimeout(120_000);

const executable = findBrowser();
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

const EVIL = '"><img src=https://evil.invalid/x onerror=alert(1)><script>alert(2)</script></style>';

const pages = {
  survey: htmlPage(exampleSurvey()),
  plan: htmlPage(examplePlan()),
  fleet: htmlPage(exampleFleet(120, 180)),
};
const PAGES = Object.keys(pages) as (keyof typeof pages)[];

// If no browser is found, Jest skips these tests. The title tells the reader of the results what to install.
(executable === undefined ? describe.skip : describe)('in Chromium or Chrome, which must be installed or named by CHROME_PATH', () => {
  let browser: Browser;
  let opened: OpenedPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(async () => {
    for (const { page } of opened) await page.context().close();
    opened = [];
  });

  async function open(html: string, screen: Viewport = { width: 1280 }): Promise<OpenedPage> {
    const page = await openPage(browser, html, screen);
    opened.push(page);
    return page;
  }

  async function openAll(page: Page): Promise<void> {
    await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
  }

  /** Returns the width of the narrowest sentence of a card, in pixels. */
  function narrowestText(page: Page): Promise<number> {
    return page.evaluate('Math.min(...[...document.querySelectorAll(".card .says")].map((says) => says.getBoundingClientRect().width))');
  }

  it.each(PAGES.flatMap((name) => [320, 390, 1280].map((width) => [name, width] as const)))(
    'the page of a %s fits a screen %i pixels wide without scrolling sideways, folded and unfolded, with and without scripts',
    async (name, width) => {
      for (const javaScriptEnabled of [true, false]) {
        const { page, errors } = await open(pages[name], { width, javaScriptEnabled });
        const scrollWidth = (): Promise<number> => page.evaluate('document.documentElement.scrollWidth');

        expect(await scrollWidth()).toBeLessThanOrEqual(width);
        expect(await narrowestText(page)).toBeGreaterThan(150);
        if (javaScriptEnabled) await openAll(page);
        expect(await scrollWidth()).toBeLessThanOrEqual(width);
        expect(errors).toEqual([]);
      }
    },
  );

  // Does not test the page with 120 drifted groups, because axe would need 15 seconds for each colour scheme. The page of a plan has the
  // same elements. In the dark colour scheme, only the colours differ, and the unfolded page shows all of them.
  it.each([
    ['survey', 'light', 'folded and unfolded'],
    ['survey', 'dark', 'unfolded'],
    ['plan', 'light', 'folded and unfolded'],
    ['plan', 'dark', 'unfolded'],
  ] as const)('the page of a %s is accessible in the %s colour scheme, %s, according to axe', async (name, colorScheme, states) => {
    const { page } = await open(pages[name], { width: 1280, colorScheme });
    await page.evaluate(AXE);
    const violations = async (): Promise<string[]> => {
      const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };

    if (states !== 'unfolded') expect(await violations()).toEqual([]);
    await openAll(page);
    expect(await violations()).toEqual([]);
  });

  it('the page of a plan prints every card unfolded, and fits the width of A4 paper', async () => {
    const { page } = await open(pages.plan, { width: 700 });
    await page.emulateMedia({ media: 'print' });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(700);
    expect(await narrowestText(page)).toBeGreaterThan(150);
    expect(await page.locator('.card .command').first().isVisible()).toBe(true);
    expect(await page.locator('.controls').isVisible()).toBe(false);
  });

  it('the Tab key reaches every control of the page and every group of the picture', async () => {
    const { page } = await open(pages.survey);
    const wanted = await page.evaluate<number>(`(() => {
      const all = [...document.querySelectorAll('a[href], button, input, summary, pre[tabindex]')];
      return all.filter((each) => each.checkVisibility() && each.closest('details:not([open]) > :not(summary)') === null).length;
    })()`);
    const reached = new Set<number>();
    for (let i = 0; i < wanted; i += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(`[...document.querySelectorAll('*')].indexOf(document.activeElement)`));
    }

    expect(wanted).toBeGreaterThan(20);
    expect(reached.size).toBe(wanted);
  });

  it('a click on a group of the picture opens the card of the group', async () => {
    const { page } = await open(pages.survey);
    await page.locator('a.node', { hasText: 'payments-db' }).first().focus();
    await page.keyboard.press('Enter');

    expect(await page.locator('#sg-00000000000000028').isVisible()).toBe(true);
    expect(await page.evaluate('document.activeElement.id')).toBe('sg-00000000000000028');
  });

  it('the tiles and the search field filter the cards, and the page says how many cards it shows', async () => {
    const { page } = await open(pages.survey);
    const shown = (): Promise<string[]> => page.locator('.card:visible .name').allTextContents();

    await page.getByRole('button', { name: 'high' }).click();
    expect(await shown()).toEqual(['orders-db']);
    await page.getByRole('button', { name: 'high' }).click();
    await page.getByRole('searchbox').fill('ANA bastion');
    expect(await shown()).toEqual(['bastion']);
    expect(await page.getByRole('status').textContent()).toBe('1 of 6 entries shown');
    expect(await page.locator('.timeline li:visible').count()).toBe(1);
  });

  it('a button of the page copies the command that fixes a group', async () => {
    const { page } = await open(pages.survey);
    await page.evaluate('navigator.clipboard ? 0 : Object.defineProperty(navigator, "clipboard", { value: {} })');
    await page.evaluate('navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }');
    const card = page.locator('.card', { hasText: 'bastion-1' });
    await card.locator('summary').click();
    await card.getByRole('button', { name: 'Copy' }).click();

    expect(await page.evaluate('window.copied')).toMatch(
      /^aws ec2 revoke-security-group-ingress --profile prod --region eu-west-1 --group-id sg-\w+ /,
    );
    expect(await card.getByRole('button').textContent()).toBe('Copied');
  });

  it('the page makes no request, and does not run a script that a name contains', async () => {
    const { page, requests, errors } = await open(htmlPage(exampleSurvey(EVIL)));
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      return dialog.dismiss();
    });
    await openAll(page);
    await page.locator('a.node').first().hover();
    await page.getByRole('searchbox').fill('evil');

    expect(await page.locator('.card:visible .name').textContent()).toBe(EVIL);
    expect({ requests, errors, dialogs }).toEqual({ requests: [], errors: [], dialogs: 0 });
    expect(await page.locator('img').count()).toBe(0);
  });

  it('the content security policy of the page blocks every other script and every request', async () => {
    const injected = pages.survey.replace('<main>', '<main><script>document.title = "run"</script><img src="https://evil.invalid/x">');
    const { page, requests, errors } = await open(injected);

    expect(await page.title()).toBe('What is open to the internet');
    expect(requests).toEqual([]);
    expect(errors).toHaveLength(2);
  });

  it('the page shows 120 drifted groups on three screens of 1,280 × 800 pixels', async () => {
    const { page } = await open(pages.fleet);
    const { y, height } = (await page.locator('.cards').boundingBox()) ?? { y: 0, height: Infinity };

    expect(y + height).toBeLessThanOrEqual(3 * 800);
  });

  it.each(PAGES)('in the picture of a %s, no label and no group covers another label or group', async (name) => {
    const { page } = await open(pages[name]);
    const overlaps = await page.evaluate<string[]>(`(() => {
      const boxes = [...document.querySelectorAll('.picture :is(.node, .label)')].map((each) => {
        const rect = each.querySelector('rect:not(.under)').getBoundingClientRect();
        const texts = [...each.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
        return { text: each.textContent, rect, fits: texts.every(({ left, right }) => left >= rect.left && right <= rect.right) };
      });
      const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      return boxes.flatMap((a, i) => [
        ...(a.fits ? [] : ['too wide: ' + a.text]),
        ...boxes.slice(i + 1).filter((b) => over(a.rect, b.rect)).map((b) => a.text + ' over ' + b.text),
      ]);
    })()`);

    expect(overlaps).toEqual([]);
  });
});
