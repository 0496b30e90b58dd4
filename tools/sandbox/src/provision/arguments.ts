import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject, type JsonObject } from '../json.js';
import type { StackProblem } from './problem.js';
import { hasExpression } from './reference.js';

/**
 * The arguments of a resource, or of a block in one, as they are read. What is read is known: an argument that nobody asked for is a problem, and so
 * is one of the wrong type. After a problem the answer is a stand-in, so that reading goes on and finds the others.
 */
export interface Arguments {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  optionalNumber(name: string): number | undefined;
  optionalFlag(name: string): boolean | undefined;
  /** A list of texts. */
  optionalTexts(name: string): readonly string[] | undefined;
  /** A mapping of texts to texts. */
  optionalMapping(name: string): Readonly<Record<string, string>> | undefined;
  /** A JSON document in text, such as a policy: what it holds. */
  json(name: string): unknown;
  /** The absolute path of a file of the stack, which is there. */
  file(name: string): string;
  /** A block that occurs at most once: an object, or a list of one. */
  optionalBlock<T>(name: string, read: (block: Arguments) => T): T | undefined;
  blocks<T>(name: string, read: (block: Arguments) => T): readonly T[];
}

export interface ReadOptions {
  /** Where the arguments are, e.g. `aws_sqs_queue.failures`. */
  readonly path: string;
  /** The folder that paths of files start from. */
  readonly stackDir: string;
  readonly report: (problem: StackProblem) => void;
}

/** What every resource may have, whatever its type: who comes first, and comments. */
const metaArguments = ['depends_on', '//'];

/** Reads the arguments of one resource. Arguments may hold unresolved references: each may stand for any single value. */
export const readArguments = <T>(value: JsonObject, options: ReadOptions, read: (args: Arguments) => T): T =>
  readBlock(Object.fromEntries(Object.entries(value).filter(([key]) => !metaArguments.includes(key))), options, read);

/** The names of all arguments that `read` asks for. */
export const argumentNames = (read: (args: Arguments) => unknown): readonly string[] => {
  const names: string[] = [];
  const ignore = (): void => undefined;
  read(argumentsOf({}, { path: '', stackDir: '', report: ignore }, (name) => names.push(name)));
  return names;
};

const readBlock = <T>(value: JsonObject, options: ReadOptions, read: (args: Arguments) => T): T => {
  const known = new Set<string>();
  const result = read(argumentsOf(value, options, (name) => known.add(name)));
  for (const [name, given] of Object.entries(value)) {
    if (known.has(name) || given === null) continue;
    options.report({
      code: 'unknown-argument',
      path: `${options.path}.${name}`,
      text: name,
      expected: `one of ${[...known].map((each) => `\`${each}\``).join(', ')}`,
    });
  }
  return result;
};

const argumentsOf = (
  values: JsonObject,
  { path, stackDir, report }: ReadOptions,
  onAsked: (name: string) => void,
): Arguments => {
  const at = (name: string): string => `${path}.${name}`;
  const wrong = (name: string, value: unknown, expected: string): void => {
    report({ code: 'bad-value', path: at(name), text: JSON.stringify(value), expected });
  };
  // `null` is how Terraform's JSON says that an argument is left out.
  const optional = <T>(name: string, expected: string, read: (value: unknown) => T | undefined): T | undefined => {
    onAsked(name);
    const value = values[name] ?? undefined;
    if (value === undefined) return undefined;
    const result = read(value);
    if (result === undefined) wrong(name, value, expected);
    return result;
  };
  const required = <T>(name: string, value: T | undefined, standIn: T): T => {
    if (value !== undefined) return value;
    if ((values[name] ?? undefined) === undefined)
      report({ code: 'missing-argument', path: at(name), text: name, expected: 'the argument to be given' });
    return standIn;
  };
  const optionalText = (name: string): string | undefined => optional(name, 'text', asText);
  const text = (name: string): string => required(name, optionalText(name), '');

  const inBlock = <T>(block: unknown, place: string, read: (block: Arguments) => T): T | undefined =>
    isObject(block) ? readBlock(block, { path: place, stackDir, report }, read) : undefined;

  return {
    text,
    optionalText,
    optionalNumber: (name) => optional(name, 'a number', asNumber),
    optionalFlag: (name) => optional(name, '`true` or `false`', asFlag),
    optionalTexts: (name) =>
      optional(name, 'a list of texts', (value) => (Array.isArray(value) && value.every(isText) ? value : undefined)),
    optionalMapping: (name) =>
      optional(name, 'a mapping of texts to texts', (value) => {
        const entries = isObject(value) ? Object.entries(value) : undefined;
        return entries?.every(isTextEntry) === true ? Object.fromEntries(entries) : undefined;
      }),
    json: (name) => {
      const document = required(name, optionalText(name), '{}');
      try {
        return JSON.parse(document) as unknown;
      } catch (error) {
        wrong(name, document, `a JSON document (${String(error)})`);
        return {};
      }
    },
    file: (name) => {
      const given = text(name);
      const file = resolve(stackDir, given);
      if (given !== '' && !existsSync(file))
        report({ code: 'missing-file', path: at(name), text: given, expected: `a file in ${stackDir}` });
      return file;
    },
    optionalBlock: (name, read) =>
      optional(name, 'one block', (value) => {
        const list: readonly unknown[] = Array.isArray(value) ? value : [value];
        return list.length === 1 ? inBlock(list[0], at(name), read) : undefined;
      }),
    blocks: (name, read) =>
      optional(name, 'a list of blocks', (value) => {
        const list: readonly unknown[] = Array.isArray(value) ? value : [value];
        const blocks = list.map((block, index) => inBlock(block, `${at(name)}[${String(index)}]`, read));
        return blocks.every((block) => block !== undefined) ? blocks : undefined;
      }) ?? [],
  };
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextEntry = (entry: [string, unknown]): entry is [string, string] => isText(entry[1]);

// The stand-in of a number or flag that a reference will give.
const isUnresolved = (value: unknown): boolean => isText(value) && hasExpression(value);

const asText = (value: unknown): string | undefined => (isText(value) ? value : undefined);

// As Terraform does, a number or flag in text is taken for one.
const asNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (isUnresolved(value)) return 0;
  return isText(value) && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};

const asFlag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (isUnresolved(value)) return false;
  return value === 'true' ? true : value === 'false' ? false : undefined;
};
