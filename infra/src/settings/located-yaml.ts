import { LineCounter, isMap, isNode, isScalar, parseDocument, type Node } from 'yaml';

/** Where something stands in a file, lines and columns counted from 1, and its text: one line, 120 characters at most. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A place that is not YAML, and why. */
export interface SyntaxFault extends Place {
  readonly message: string;
}

/** The value of a YAML file, and where each part of it is written. */
export interface LocatedYaml {
  readonly value: unknown;
  /** Where the value at `path` is written; `undefined` when it is not. */
  readonly valueAt: (path: readonly PropertyKey[]) => Place | undefined;
  /** Where `key` of the mapping at `path` is written; `undefined` when it is not. */
  readonly keyAt: (path: readonly PropertyKey[], key: string) => Place | undefined;
}

type Parsed = { readonly ok: true; readonly value: LocatedYaml } | { readonly ok: false; readonly faults: readonly SyntaxFault[] };

/** Reads one YAML document, and so JSON. Text that is neither is refused with every place where it goes wrong. */
export const parseLocatedYaml = (text: string): Parsed => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(start);
    const [firstLine = ''] = text.slice(start, end).trimEnd().split('\n');
    return { line, column: col, text: firstLine.slice(0, 120) };
  };
  const placeOfNode = (node: Node | null | undefined): Place | undefined =>
    node?.range ? placeOf(node.range[0], node.range[1]) : undefined;

  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message, pos: [start, end] }) => ({
      ...placeOf(start, end),
      message: message.charAt(0).toLowerCase() + message.slice(1),
    }));
    return { ok: false, faults };
  }
  const nodeAt = (path: readonly PropertyKey[]): Node | undefined => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : undefined;
  };
  const keyAt = (path: readonly PropertyKey[], key: string): Place | undefined => {
    const map = nodeAt(path);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    return isNode(pair?.key) ? placeOfNode(pair.key) : undefined;
  };
  return {
    ok: true,
    value: { value: document.toJS() as unknown, valueAt: (path) => placeOfNode(nodeAt(path)), keyAt },
  };
};
