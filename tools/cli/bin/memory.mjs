// A fleet passes through in pages, whose garbage V8 would let pile up to several times of what is kept. The flag is V8's own, in every
// version of Node.js up to 26; a later one might not know it, and would say so to the user.
import { setFlagsFromString } from 'node:v8';

const [major] = process.versions.node.split('.').map(Number);
if (major <= 26) setFlagsFromString('--heap-growing-percent=20');
