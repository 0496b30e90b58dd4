// Limits the memory of commands that read a fleet page by page: by default, V8 lets the garbage of pages grow to several times the live
// memory. Every version of Node.js up to 26 has this flag. A later version might not, and would print a warning.
import { setFlagsFromString } from 'node:v8';

const [major] = process.versions.node.split('.').map(Number);
if (major <= 26) setFlagsFromString('--heap-growing-percent=20');
