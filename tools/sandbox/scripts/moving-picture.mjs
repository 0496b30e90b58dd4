// `node tools/sandbox/scripts/moving-picture.mjs` plays the demo and draws its first scenario as docs/pictures/demo.svg. The picture shows
// a terminal: the change, the alert and the restoration appear one after the other, in a loop. If a reader prefers reduced motion, all
// lines appear at once.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..', '..', '..');
const file = join(root, 'docs', 'pictures', 'demo.svg');
const LOOP_SECONDS = 18;
const [COLUMN, LINE, MARGIN, BAR] = [8.43, 20, 20, 34]; // pixels
const COLUMNS = 100;
// The colour in the picture for each terminal colour code that picocolors writes. These are GitHub's dark colours, whose contrast to the
// background is at least 4.5.
const COLOURS = { 1: '#ffffff', 2: '#9198a1', 31: '#ff7b72', 32: '#3fb950', 33: '#d29922', 36: '#76e3ea' };

const demo = ['--conditions=@portcullis/source', '--import', 'tsx', join(root, 'tools', 'sandbox', 'src', 'demo', 'main.ts')];
const { NO_COLOR: _, ...env } = process.env;
const { status, stdout } = spawnSync(process.execPath, demo, { cwd: root, env: { ...env, FORCE_COLOR: '1' }, encoding: 'utf8' });
if (status !== 0) throw new Error(`the demo failed:\n${stdout}`);

const lines = stdout.split('\n');
const [start, end] = ['1  ', '2  '].map((title) => lines.findIndex((line) => stripVTControlCharacters(line).startsWith(title)));
const scenario = lines.slice(start, end - 1);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, drawMovingPicture(scenario));
process.stdout.write(`${file}\n`);

/**
 * Returns the time at which each line appears, in seconds. A line that begins with a time appears after a pause. Any other line appears
 * soon after the line above.
 */
function movingPictureSeconds(texts) {
  let seconds = 0;
  let isNarrated = false;
  return texts.map((line) => {
    const isEvent = /^ *\d+ m?s /.test(stripVTControlCharacters(line));
    isNarrated ||= isEvent;
    if (isEvent) seconds += 1.3;
    else if (isNarrated) seconds += 0.35;
    return seconds;
  });
}

function drawMovingPicture(texts) {
  const [width, height] = [Math.ceil(COLUMNS * COLUMN + 2 * MARGIN), texts.length * LINE + BAR + MARGIN];
  const times = movingPictureSeconds(texts);
  const moments = [...new Set(times)].filter((time) => time > 0);
  const keyframes = moments.map((time, index) => {
    const percent = (100 * time) / LOOP_SECONDS;
    return `@keyframes l${index}{0%,${percent.toFixed(2)}%{opacity:0}${(percent + 1.5).toFixed(2)}%,98%{opacity:1}100%{opacity:0}}.l${index}{animation:l${index} ${LOOP_SECONDS}s infinite}`;
  });
  const rows = texts.map((line, index) => {
    const at = moments.indexOf(times[index]);
    return `<text y="${BAR + (index + 1) * LINE - 4}"${at < 0 ? '' : ` class="l${at}"`}>${demoPictureTspans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">The first scenario of npm run demo</title>
<desc id="d">${escapeDemoPictureText(texts.map(stripVTControlCharacters).join('\n').trim())}</desc>
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;white-space:pre}
${keyframes.join('\n')}
@media (prefers-reduced-motion:reduce){text{animation:none!important}}</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#656d76"/>
<circle cx="22" cy="18" r="5" fill="#656d76"/><circle cx="40" cy="18" r="5" fill="#656d76"/><circle cx="58" cy="18" r="5" fill="#656d76"/>
${rows.join('\n')}
</svg>
`;
}

/** Returns SVG for a line. Text of one colour has its own x position, so that columns are aligned in every monospaced font. */
function demoPictureTspans(line) {
  let column = 0;
  let colour = '';
  return line
    .split(/\u001b\[(\d+)m/)
    .map((piece, index) => {
      if (index % 2 === 1) {
        colour = COLOURS[piece] ?? '';
        return '';
      }
      const start = column + piece.length - piece.trimStart().length;
      column += piece.length;
      const text = piece.trim();
      if (text === '') return '';
      const fill = colour === '' ? '' : ` fill="${colour}"`;
      return `<tspan x="${(MARGIN + start * COLUMN).toFixed(1)}"${fill} textLength="${(text.length * COLUMN).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escapeDemoPictureText(text)}</tspan>`;
    })
    .join('');
}

function escapeDemoPictureText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
