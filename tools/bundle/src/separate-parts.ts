import { basename, extname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** One of our modules that is loaded with `import()`. It becomes a separate bundle, beside the bundle that loads it. */
export interface Part {
  readonly entryPoint: string;
  /** The specifier that the bundles import, and the name of the file: `./NAME.mjs`. */
  readonly path: string;
}

/**
 * Leaves the modules that our code loads with `import()` out of the bundle, and adds them to `parts`. Dynamic imports of packages stay in.
 */
export function separateParts(parts: Part[]): Plugin {
  return {
    name: 'separate-parts',
    setup: (build) => {
      build.onResolve({ filter: /^\.\.?\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === separateParts || importer.includes('node_modules')) return undefined;
        const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: separateParts });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        const entryPoint = resolve(resolved.path);
        const part = { entryPoint, path: `./${basename(entryPoint, extname(entryPoint))}.mjs` };
        parts.push(part);
        return { path: part.path, external: true };
      });
    },
  };
}
