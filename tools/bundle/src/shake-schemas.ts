import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const SCHEMA_MODULE = /[\\/]dist-es[\\/](?:.+[\\/])?schemas[\\/]schemas_\d+\.js$/;

/** Reports whether a path is a module of schemas in the ES build of an AWS SDK client. */
export function isSdkSchemaModule(path: string): boolean {
  return SCHEMA_MODULE.test(path);
}

/** Lets esbuild drop the schemas of AWS SDK operations that are not called, and error classes that add nothing to the error's name. */
export const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup: (build) => {
    build.onLoad({ filter: SCHEMA_MODULE }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        const errors = await readFile(join(dirname(path), '..', 'models', 'errors.js'), 'utf8').catch(emptyIfMissing);
        return { contents: withoutDerivedQueryNames(writeSchemaKeysAsLiterals(withoutSdkErrorClasses(text, errors))), loader: 'js' };
      } catch (error) {
        return { errors: [{ text: error instanceof Error ? error.message : String(error), location: { file: path } }] };
      }
    });
  },
};

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  // EC2 has no error classes.
  if (error.code === 'ENOENT') return '';
  throw error;
}

/**
 * Returns the schemas without the registration of the client's error classes. The SDK then throws the client's base exception, which has
 * the same `name`, `message` and `$metadata`, and a `$fault` by its HTTP status. The classes stay if a client needs them: if an
 * error has another name in the response (`awsQueryError`, of the query protocol), or if a class tells the SDK to retry (`$retryable`).
 *
 * @param errors the text of the client's `models/errors.js`
 */
function withoutSdkErrorClasses(schemas: string, errors: string): string {
  if (schemas.includes('"awsQueryError"') || errors.includes('$retryable')) return schemas;
  return schemas.replaceAll(/^n\d+_registry\.registerError\(\w+\$, \w+\);$/gm, '');
}

/**
 * Rewrites the text of an AWS SDK `schemas_N.js`: each `[_AKI]: …`, with `const _AKI = "AccessKeyId"` in the same module, becomes
 * `"AccessKeyId": …`. The objects mean the same. A bundler may drop an unused literal object, but not one with a computed key, which might
 * run code (its `toString`).
 *
 * @throws {Error} if the module has no schema, or a computed key that is not such a constant. In that case, the module's shape has changed,
 * and bundling it unchanged would silently add half a megabyte.
 */
export function writeSchemaKeysAsLiterals(text: string): string {
  if (!/^(?:export )?var [\w$]+ = \[/m.test(text))
    throw new Error('no schema is declared here: expected lines such as `export var Name$ = [`');
  const constants = new Map(
    [...text.matchAll(/^const (\w+) = ("(?:[^"\\]|\\.)*");$/gm)].map(([, name, literal]) => [name, literal] as const),
  );
  const unknown = new Set<string>();
  const rewritten = text.replace(/(?<=[{,]\s*)\[([^\][]*)\](?=\s*:)/g, (key, name: string) => {
    const literal = constants.get(name);
    // `{ ["__proto__"]: x }` is a property, but `{ "__proto__": x }` sets the prototype. No other key differs.
    if (literal !== undefined && literal !== '"__proto__"') return literal;
    unknown.add(key);
    return key;
  });
  if (unknown.size === 0) return rewritten;
  const names = [...unknown].map((key) => `\`${key}\``).join(', ');
  throw new Error(`computed keys that cannot be written as literals: ${names}: expected the name of a string constant`);
}

/**
 * Drops EC2's query names that equal the XML name with a capital letter, because the SDK derives the same name from the XML name.
 *
 * @param schemas the result of `writeSchemaKeysAsLiterals`
 */
export function withoutDerivedQueryNames(schemas: string): string {
  const constants = new Map([...schemas.matchAll(/^const (\w+) = "(.*)";$/gm)].map(([, name = '', text = '']) => [name, text] as const));
  const textOf = (value: string): string | undefined => constants.get(value) ?? /^`(.*)`$/.exec(value)?.[1];
  return schemas.replace(
    /"ec2QueryName": (\w+|`[^`]*`),(\s*"xmlName": (\w+|`[^`]*`))/g,
    (both, queryName: string, rest: string, xmlName: string) => {
      const xml = textOf(xmlName);
      return xml !== undefined && xml.charAt(0).toUpperCase() + xml.slice(1) === textOf(queryName) ? rest : both;
    },
  );
}
