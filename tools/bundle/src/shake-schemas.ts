import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const SCHEMA_MODULE = /[\\/]dist-es[\\/](?:.+[\\/])?schemas[\\/]schemas_\d+\.js$/;

/** Returns whether the file is a `schemas_N.js` in the ES build of an AWS SDK client. */
export function isSdkSchemaModule(path: string): boolean {
  return SCHEMA_MODULE.test(path);
}

/**
 * An esbuild plugin that rewrites the schemas of AWS SDK clients. After this, esbuild can remove the error classes and the schemas of
 * unused operations. Our code needs no error classes, because it compares the `name` of an error.
 */
export const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup: (build) => {
    build.onLoad({ filter: SCHEMA_MODULE }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        const errors = await readFile(join(dirname(path), '..', 'models', 'errors.js'), 'utf8').catch(emptySdkErrorsModule);
        return { contents: withoutDerivedQueryNames(writeSchemaKeysAsLiterals(withoutSdkErrorClasses(text, errors))), loader: 'js' };
      } catch (error) {
        return { errors: [{ text: error instanceof Error ? error.message : String(error), location: { file: path } }] };
      }
    });
  },
};

function emptySdkErrorsModule(error: NodeJS.ErrnoException): string {
  // EC2's client has no error classes and no `models/errors.js`.
  if (error.code === 'ENOENT') return '';
  throw error;
}

/**
 * Returns the schemas without the code that registers the client's error classes. The SDK then throws the client's base exception, which
 * has the same `name`, `message` and `$metadata`, and a `$fault` according to the HTTP status. Returns the schemas unchanged if the client
 * needs its error classes. A client needs its error classes in two cases: an error has another name in the response than in the SDK
 * (`awsQueryError`, in the query protocol), or a class tells the SDK to retry (`$retryable`).
 *
 * @param errors the text of the client's `models/errors.js`
 */
function withoutSdkErrorClasses(schemas: string, errors: string): string {
  if (schemas.includes('"awsQueryError"') || errors.includes('$retryable')) return schemas;
  return schemas.replaceAll(/^n\d+_registry\.registerError\(\w+\$, \w+\);$/gm, '');
}

/**
 * Returns the text of an AWS SDK `schemas_N.js` with literal keys. For example, if the module has `const _AKI = "AccessKeyId"`, each
 * `[_AKI]: …` becomes `"AccessKeyId": …`. The objects stay the same, but a bundler can now remove unused objects. A computed key can run
 * code (`toString`), so the bundler must keep an object with a computed key.
 *
 * @throws {Error} if the module has no schema, or if a computed key is not the name of a string constant. The cause is a new SDK version
 * that writes the module in another form. Without literal keys, the bundle would be half a megabyte larger.
 */
export function writeSchemaKeysAsLiterals(text: string): string {
  if (!/^(?:export )?var [\w$]+ = \[/m.test(text))
    throw new Error('this module declares no schema: expected lines such as `export var Name$ = [`');
  const constants = new Map(
    [...text.matchAll(/^const (\w+) = ("(?:[^"\\]|\\.)*");$/gm)].map(([, name, literal]) => [name, literal] as const),
  );
  const unknown = new Set<string>();
  const rewritten = text.replace(/(?<=[{,]\s*)\[([^\][]*)\](?=\s*:)/g, (key, name: string) => {
    const literal = constants.get(name);
    // Both forms of a key mean the same, except that `{ ["__proto__"]: x }` defines a property and `{ "__proto__": x }` sets the prototype.
    if (literal !== undefined && literal !== '"__proto__"') return literal;
    unknown.add(key);
    return key;
  });
  if (unknown.size === 0) return rewritten;
  const names = [...unknown].map((key) => `\`${key}\``).join(', ');
  throw new Error(`cannot write the computed keys ${names} as literals: expected the names of string constants`);
}

/**
 * Removes each `ec2QueryName` that equals its `xmlName` with a capital first letter, because the SDK derives the same name from `xmlName`.
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
