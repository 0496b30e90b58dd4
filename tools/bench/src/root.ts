import { fileURLToPath } from 'node:url';

/** The folder of this package, seen from `src` as from the one file that is made of it. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
