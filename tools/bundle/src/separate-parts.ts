import { basename, extname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** One of our modules that our code loads with `import()`. A part becomes a separate bundle, in the folder of the bundle that loads it. */
export interface Part {
  readonly entryPoint: string;
  /** The specifier with which a bundle imports the part, which is also the file name of the part: `./NAME.mjs`. */
  readonly path: string;
}

/**
 * Returns an esbuild plugin. If our code loads one of our modules with `import()`, the plugin leaves this module out of the bundle and adds
 * it to `parts`. A package that is loaded with `import()` stays in the bundle.
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
