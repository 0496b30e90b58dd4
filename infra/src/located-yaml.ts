import type { FileProblem } from '@portcullis/baseline/file';
import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';

/** Where something stands in a file, both counted from 1. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** A YAML file's value, and where each part of it is written. */
export interface LocatedYaml {
  readonly value: unknown;
  /** Reports whether the file writes anything at `path`. */
  has(path: readonly PropertyKey[]): boolean;
  /** Where the value at `path` is written, or the nearest value around it that is. */
  locate(path: readonly PropertyKey[]): Location;
  /** Where `key` of the mapping at `path` is written. */
  locateKey(path: readonly PropertyKey[], key: string): Location;
}

type Parsed =
  | { readonly ok: true; readonly value: LocatedYaml }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads YAML (and so JSON). Text that is neither is reported with every place where it goes wrong. */
export const parseLocatedYaml = (text: string): Parsed => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locationAt = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ code, message, pos: [start, end] }) => ({
      code: `yaml-${code.toLowerCase().replaceAll('_', '-')}`,
      path: '',
      ...locationAt(start),
      text: text.slice(start, end).trim(),
      message: message.charAt(0).toLowerCase() + message.slice(1),
      expected: 'YAML',
    }));
    return { ok: false, problems };
  }
  const locate = (path: readonly PropertyKey[]): Location => locationAt(startOf(document, path) ?? 0);
  const locateKey = (path: readonly PropertyKey[], key: string): Location => {
    const map = document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    return isScalar(pair?.key) && pair.key.range ? locationAt(pair.key.range[0]) : locate(path);
  };
  return { ok: true, value: { value: document.toJS(), has: (path) => document.hasIn(path), locate, locateKey } };
};

/** The offset of the innermost node on the way to `path` that is written at all. */
const startOf = (document: Document.Parsed, path: readonly PropertyKey[]): number | undefined => {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return node.range[0];
  }
  return undefined;
};

const hasRange = (node: unknown): node is { readonly range: readonly [number, number, number] } =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
