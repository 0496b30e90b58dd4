import { findBrowser, view } from '../testing/browser.js';
import { examplePage } from '../testing/example-page.js';

jest.setTimeout(120_000);

const browser = findBrowser();

(browser === undefined ? it.skip : it).each([320, 390, 768, 1280])(
  'fits a screen of %i pixels without scrolling sideways',
  async (width) => {
    const wide = examplePage().replace('<main>', '<main><div style="width:2000px">wide</div>');

    expect((await view(browser ?? '', examplePage(), width)).scrollWidth).toBeLessThanOrEqual(width);
    expect((await view(browser ?? '', wide, width)).scrollWidth).toBeGreaterThan(width);
  },
);
