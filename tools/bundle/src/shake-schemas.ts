import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { writeKeysAsLiterals } from './literal-keys.js';

const schemaModule = /[\\/]dist-es[\\/](?:.+[\\/])?schemas[\\/]schemas_\d+\.js$/;

/** Reports whether a path is a module of schemas of an AWS SDK client, in its ES build. */
export function isSchemaModule(path: string): boolean {
  return schemaModule.test(path);
}

/** Lets esbuild drop the schemas of the AWS SDK's operations that nobody calls, and those of errors that are told by their name. */
export const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup: (build) => {
    build.onLoad({ filter: schemaModule }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        const errors = await readFile(join(dirname(path), '..', 'models', 'errors.js'), 'utf8').catch(ignoreMissing);
        return { contents: writeKeysAsLiterals(withoutErrorClasses(text, errors)).text, loader: 'js' };
      } catch (error) {
        return { errors: [{ text: error instanceof Error ? error.message : String(error), location: { file: path } }] };
      }
    });
  },
};

function ignoreMissing(error: NodeJS.ErrnoException): string {
  // EC2 has no classes of errors.
  if (error.code === 'ENOENT') return '';
  throw error;
}

/**
 * Returns the schemas without the registration of the client's error classes. The SDK then answers with the client's base exception, which
 * has the same `name`, `message` and `$metadata`, and a `$fault` by its HTTP status. The classes stay where they say more: where the name on the wire is another one
 * (`awsQueryError`, of the query protocol), and where a class tells the SDK to retry (`$retryable`).
 *
 * @param errors the text of the client's `models/errors.js`
 */
function withoutErrorClasses(schemas: string, errors: string): string {
  if (schemas.includes('"awsQueryError"') || errors.includes('$retryable')) return schemas;
  return schemas.replaceAll(/^n\d+_registry\.registerError\(\w+\$, \w+\);$/gm, '');
}
