export { oneByOne, permissions } from './arbitraries.js';
export { configuration, inCamelCase } from './documents.js';
export { perms, rulesFromWords } from './notation.js';
export { randomOf, type Random } from './random.js';
export { pathsIn, replacedAt, type Path } from './replace.js';
export {
  fewestRules,
  OWN_ACCOUNT,
  packetsBeyond,
  packetsOf,
  permissionBound,
  TINY_RULES,
  tinyCase,
  type TinyCase,
  type TinyRule,
} from './tiny-bounds.js';
