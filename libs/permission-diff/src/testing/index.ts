export { randomOf, type Random } from './random.js';
export { pathsIn, replacedAt } from './replace.js';
