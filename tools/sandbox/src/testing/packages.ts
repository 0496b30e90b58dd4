import { strToU8, zipSync } from 'fflate';

/** A deployment package with that handler as `main.mjs`. */
export const packageWith = (source: string): Uint8Array => zipSync({ 'main.mjs': strToU8(source) });
