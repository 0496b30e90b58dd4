// Commands read a fleet page by page. V8 would let the garbage of those pages grow to several times the live memory. V8 has this flag in
// every version of Node.js up to 26. A later version might not know the flag and would print a warning.
import { setFlagsFromString } from 'node:v8';

const [major] = process.versions.node.split('.').map(Number);
if (major <= 26) setFlagsFromString('--heap-growing-percent=20');
