/** Runs Chromium or Chrome without a window, if one of them is installed. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Returns the path of the browser: CHROME_PATH, or the first browser in the PATH. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const places = (env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(env.CHROME_PATH === undefined ? [] : [env.CHROME_PATH]), ...places].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // This path is not an executable file.
    return false;
  }
}

export interface Viewed {
  /** The width of the page in CSS pixels. It exceeds the width of the screen if the page scrolls sideways. */
  readonly scrollWidth: number;
  readonly height: number;
}

/** Lays the page out on a screen of this width. With `picture`, also saves a picture of the whole page to that file. */
export async function view(browser: string, html: string, width: number, picture?: string): Promise<Viewed> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-page-'));
  try {
    // A window has a minimum width, but a frame does not.
    const frame = join(folder, 'frame.html');
    const source = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const page = (height: number): string => `<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe id="page" srcdoc="${source}" style="border:0;width:${width}px;height:${height}px"></iframe>
<script>addEventListener('load', () => {
  const { scrollWidth, scrollHeight } = document.getElementById('page').contentDocument.documentElement;
  document.title = 'viewed ' + scrollWidth + ' ' + scrollHeight;
})</script>`;
    writeFileSync(frame, page(100));
    const dom = await run(browser, folder, ['--dump-dom', pathToFileURL(frame).href]);
    const [, scrollWidth, height] = /viewed (\d+) (\d+)/.exec(dom) ?? [];
    if (scrollWidth === undefined || height === undefined) throw new Error(`the browser did not lay out the page: ${dom.slice(0, 200)}`);
    if (picture !== undefined) {
      writeFileSync(frame, page(Number(height)));
      await run(browser, folder, [`--window-size=${Math.max(width, 500)},${height}`, `--screenshot=${picture}`, pathToFileURL(frame).href]);
    }
    return { scrollWidth: Number(scrollWidth), height: Number(height) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** `--no-sandbox`: the page is ours, and containers often have no user namespaces. */
async function run(browser: string, folder: string, args: readonly string[]): Promise<string> {
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--hide-scrollbars',
    `--user-data-dir=${join(folder, 'profile')}`,
  ];
  const limits = { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(browser, [...options, ...args], limits)).stdout;
}
