/** Runs Chromium or Chrome in headless mode, if one of them is installed. */
import { spawnSync } from 'node:child_process';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = 'chromium chromium-browser google-chrome google-chrome-stable chrome';

/** Returns CHROME_PATH, or the path of a browser in the PATH. The shell prints nothing on stdout if it has no `which`. */
export function findBrowser(): string | undefined {
  const { CHROME_PATH = spawnSync(`which ${NAMES}`, { shell: true, encoding: 'utf8' }).stdout.split('\n')[0] } = process.env;
  return CHROME_PATH === '' ? undefined : CHROME_PATH;
}

/** Starts the browser without its sandbox, because containers often lack user namespaces. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

export interface Viewport {
  readonly width: number;
  /** @default 800 */
  readonly height?: number;
  /** @default light */
  readonly colorScheme?: 'light' | 'dark';
  /** @default true */
  readonly javaScriptEnabled?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  /** The addresses of all requests except the request for the page. */
  readonly requests: readonly string[];
  /** Errors of scripts and violations of the content security policy. */
  readonly errors: readonly string[];
}

/** The address of the page. No server listens at this address, because Playwright intercepts the request. */
const ADDRESS = 'http://page.invalid/';

/** Opens the page in a window of this size. Closing the browser closes the page. */
export async function openPage(browser: Browser, html: string, { width, height = 800, ...options }: Viewport): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width, height }, permissions: [], ...options });
  const page = await context.newPage();
  const [requests, errors]: [string[], string[]] = [[], []];
  await page.route('**/*', async (route) => {
    const address = route.request().url();
    if (address === ADDRESS) return route.fulfill({ body: html, contentType: 'text/html' });
    requests.push(address);
    return route.abort();
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(ADDRESS);
  return { page, requests, errors };
}
