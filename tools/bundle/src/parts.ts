import { basename, extname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** A module of ours that is loaded with `import()`: a bundle of its own, beside the one that loads it. */
export interface Part {
  readonly entryPoint: string;
  /** What the bundles import it as, and the name of its file: `./NAME.mjs`. */
  readonly path: string;
}

/**
 * Leaves what our code loads with `import()` outside of the bundle, and names it to `found`: it is parsed by those who use it and by nobody
 * else. Dynamic imports of packages stay inside.
 */
export function apart(found: (part: Part) => void): Plugin {
  return {
    name: 'apart',
    setup: (build) => {
      build.onResolve({ filter: /^\.\.?\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === apart || importer.includes('node_modules')) return undefined;
        const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: apart });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        const entryPoint = resolve(resolved.path);
        const part = { entryPoint, path: `./${basename(entryPoint, extname(entryPoint))}.mjs` };
        found(part);
        return { path: part.path, external: true };
      });
    },
  };
}
