import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { writeKeysAsLiterals } from './literal-keys.js';

const schemaModule = /[\\/]dist-es[\\/](?:.+[\\/])?schemas[\\/]schemas_\d+\.js$/;

/** Reports whether a path is a module of schemas of an AWS SDK client, in its ES build. */
export const isSchemaModule = (path: string): boolean => schemaModule.test(path);

/** Lets esbuild drop the schemas of the AWS SDK's operations that nobody calls. */
export const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup: (build) => {
    build.onLoad({ filter: schemaModule }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        return { contents: writeKeysAsLiterals(text).text, loader: 'js' };
      } catch (error) {
        return { errors: [{ text: error instanceof Error ? error.message : String(error), location: { file: path } }] };
      }
    });
  },
};
