import { terminalColours } from './colours.js';

it.each<[string, boolean, Readonly<Record<string, string>>, boolean]>([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
  ['a pipe with an empty FORCE_COLOR', false, { FORCE_COLOR: '' }, true],
  ['a pipe with FORCE_COLOR=true and NO_COLOR', false, { FORCE_COLOR: 'true', NO_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
])('`terminalColours` colours text only if the output and the environment ask for colours: %s', (_output, isTTY, env, isColoured) => {
  expect(terminalColours({ isTTY, write: () => undefined }, env).red('x') !== 'x').toBe(isColoured);
});
