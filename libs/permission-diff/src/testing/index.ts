export { inCamelCase, portFields, sourceField } from './documents.js';
export { randomOf, type Random } from './random.js';
export { pathsIn, replacedAt, type Path } from './replace.js';
