export { itemsForm, ruleSetForm, wrappedForm } from './documents.js';
export { pathsIn, replacedAt, type Path } from './replace.js';
