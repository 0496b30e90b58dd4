export { pathsIn, replacedAt } from './replace.js';
