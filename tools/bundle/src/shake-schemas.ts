import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const SCHEMA_MODULE = /[\\/]dist-es[\\/](?:.+[\\/])?schemas[\\/]schemas_\d+\.js$/;

/** Reports whether the path is that of a `schemas_N.js` module in the ES build of an AWS SDK client. */
export function isSdkSchemaModule(path: string): boolean {
  return SCHEMA_MODULE.test(path);
}

/**
 * An esbuild plugin that rewrites the schemas of AWS SDK clients. esbuild can then remove the schemas of operations that are not called,
 * and the error classes, which add no information to the error's name.
 */
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
  // The client of EC2 has no error classes, so it has no such file.
  if (error.code === 'ENOENT') return '';
  throw error;
}

/**
 * Returns the text of the schemas without the code that registers the client's error classes. Without the classes, the SDK throws the
 * client's base exception, which has the same `name`, `message` and `$metadata`. Its `$fault` depends on the HTTP status. If a client needs
 * the classes, returns the text unchanged. A client needs them if the response contains another name for an error (`awsQueryError`, of the
 * query protocol), or if a class tells the SDK to retry (`$retryable`).
 *
 * @param errors the text of the client's `models/errors.js`
 */
function withoutSdkErrorClasses(schemas: string, errors: string): string {
  if (schemas.includes('"awsQueryError"') || errors.includes('$retryable')) return schemas;
  return schemas.replaceAll(/^n\d+_registry\.registerError\(\w+\$, \w+\);$/gm, '');
}

/**
 * Returns the text of an AWS SDK `schemas_N.js` with literal keys. For example, if the module has `const _AKI = "AccessKeyId"`, each
 * `[_AKI]: …` becomes `"AccessKeyId": …`. The objects stay the same. But a bundler can remove an unused object only if its keys are
 * literals, because a computed key can run code (its `toString`).
 *
 * @throws {Error} if the module has no schema, or if a computed key is not the name of such a constant. The SDK has then changed the form
 * of the module. If the module were bundled unchanged, the bundle would grow by half a megabyte without any message.
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
    // `{ ["__proto__"]: x }` defines a property, but `{ "__proto__": x }` sets the prototype. For every other key, both forms mean the
    // same.
    if (literal !== undefined && literal !== '"__proto__"') return literal;
    unknown.add(key);
    return key;
  });
  if (unknown.size === 0) return rewritten;
  const names = [...unknown].map((key) => `\`${key}\``).join(', ');
  throw new Error(`the computed keys ${names} cannot be written as literals: expected the names of string constants`);
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
