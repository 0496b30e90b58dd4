import { isObject } from '../json.js';
import type { StackProblem } from './problem.js';

/** A plain reference to an attribute of a resource or a data source: `${aws_sqs_queue.failures.arn}`. */
export interface Reference {
  /** As written, with its `${}`. */
  readonly text: string;
  /** `aws_sqs_queue.failures`, or `data.aws_partition.current`. */
  readonly address: string;
  /** The attribute, and what is taken of it: `['rule', '0', 'status']`. Never empty. */
  readonly attribute: readonly string[];
}

/** Text as Terraform reads it: literal pieces and references, in order. */
export type Template = readonly (string | Reference)[];

const name = '[A-Za-z_][\\w-]*';
const plainReference = new RegExp(
  `^(?<address>(?:data\\.)?${name}\\.${name})\\.(?<attribute>${name}(?:\\.[\\w-]+|\\[\\d+\\])*)$`,
);

/** Where the expression that starts at `start` ends: at its own closing brace. */
const endOfExpression = (text: string, start: number): number => {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
};

/**
 * Reads text as Terraform's JSON syntax does: `${…}` is an expression, `$${` is the text `${`, likewise with `%`. Only plain references are
 * understood; anything else is a problem.
 * Source: https://developer.hashicorp.com/terraform/language/syntax/json
 */
export const parseTemplate = (text: string, path: string, report: (problem: StackProblem) => void): Template => {
  const parts: (string | Reference)[] = [];
  let literal = '';
  let index = 0;
  while (index < text.length) {
    const escape = /^([$%])\1\{/.exec(text.slice(index, index + 3));
    if (escape !== null) {
      literal += `${escape[1] ?? ''}{`;
      index += 3;
      continue;
    }
    if (!/^[$%]\{/.test(text.slice(index, index + 2))) {
      literal += text[index] ?? '';
      index += 1;
      continue;
    }
    const end = endOfExpression(text, index + 1);
    const expression = text.slice(index, end);
    const { address, attribute } = plainReference.exec(expression.slice(2, -1).trim())?.groups ?? {};
    if (expression.startsWith('$') && address !== undefined && attribute !== undefined) {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push({ text: expression, address, attribute: attribute.split(/[.[\]]+/).filter((step) => step !== '') });
    } else {
      report({
        code: 'not-plain-reference',
        path,
        text: expression,
        expected: 'a plain reference such as `${aws_sqs_queue.name.arn}`: no functions, no operators',
      });
    }
    index = end;
  }
  if (literal !== '') parts.push(literal);
  return parts;
};

/** Reports whether Terraform would read an expression in the text. */
export const hasExpression = (text: string): boolean => /(?<![$])\$\{/.test(text);

/** Calls `visit` with every text in a JSON value and its path. */
export const visitTexts = (value: unknown, path: string, visit: (text: string, path: string) => void): void => {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visitTexts(item, `${path}[${String(index)}]`, visit);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) visitTexts(member, `${path}.${key}`, visit);
  }
};

/** Every reference in a JSON value, with the path of the text it is in. Problems of the texts are reported. */
export const referencesIn = (
  value: unknown,
  path: string,
  report: (problem: StackProblem) => void,
): readonly { readonly reference: Reference; readonly path: string }[] => {
  const found: { reference: Reference; path: string }[] = [];
  visitTexts(value, path, (text, at) => {
    for (const part of parseTemplate(text, at, report)) {
      if (typeof part !== 'string') found.push({ reference: part, path: at });
    }
  });
  return found;
};

/**
 * Puts values in the place of references, throughout a JSON value. A text that is one reference becomes the value itself, whatever its type;
 * a reference inside a longer text becomes text. `lookup` answers for every reference; that all can be answered was checked before.
 */
export const resolveReferences = (value: unknown, lookup: (reference: Reference) => unknown): unknown => {
  if (typeof value === 'string') return resolveText(value, lookup);
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, lookup));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolveReferences(member, lookup)]));
};

const resolveText = (text: string, lookup: (reference: Reference) => unknown): unknown => {
  const template = parseTemplate(text, '', ({ text: offending }) => {
    throw new Error(`an expression that was not checked: ${offending}`);
  });
  const [first, ...rest] = template;
  if (first !== undefined && typeof first !== 'string' && rest.length === 0) return lookup(first);
  return template.map((part) => (typeof part === 'string' ? part : inText(part, lookup(part)))).join('');
};

const inText = ({ text }: Reference, value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`${text} is no text and stands inside one: ${JSON.stringify(value)}`);
};
