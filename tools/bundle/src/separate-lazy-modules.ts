import { basename, extname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** One of our modules that our code loads with `import()`. The module becomes a lazy bundle, in the folder of the main bundle. */
export interface LazyModule {
  readonly entryPoint: string;
  /** The specifier with which a bundle imports the lazy bundle, `./NAME.mjs`. NAME.mjs is also the lazy bundle's file name. */
  readonly path: string;
}

/**
 * Returns an esbuild plugin that keeps lazy modules out of the bundle. The plugin adds each lazy module to `lazy`. A package that our code
 * loads with `import()` stays in the bundle.
 */
export function separateLazyModules(lazy: LazyModule[]): Plugin {
  return {
    name: 'separate-lazy-modules',
    setup: (build) => {
      build.onResolve({ filter: /^\.\.?\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === separateLazyModules || importer.includes('node_modules')) return undefined;
        const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: separateLazyModules });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        const entryPoint = resolve(resolved.path);
        const module = { entryPoint, path: `./${basename(entryPoint, extname(entryPoint))}.mjs` };
        lazy.push(module);
        return { path: module.path, external: true };
      });
    },
  };
}
