/**
 * The data of a YAML document, and where each value of it stands in the text. Built in one pass in the order of the text; aliases are
 * shared and not copied, so that it takes no longer than the text is long.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';
import type { Path } from './path.js';
import type { FileProblem } from './problem.js';
import { quoted } from './quoted.js';
import type { Place, SourceText } from './source-text.js';

export interface YamlTree {
  readonly data: unknown;
  /** How many values the data holds, those of aliases counted wherever they stand. */
  readonly size: number;
  /** What leaves the data incomplete. */
  readonly problems: readonly FileProblem[];
  /** Keys written twice. The first of each is in the data, so that what else is wrong can be told. */
  readonly duplicateKeys: readonly FileProblem[];
  /**
   * Returns where the value at the path stands, or its key. For a value that is not there, the place is that of the object that lacks
   * it, and the text `absent`; for one left empty, it is that of its key. An alias stands where it is written, what it holds where it
   * is defined.
   */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place;
}

export function readTree(root: Node, source: SourceText): YamlTree {
  const reader = new TreeReader(root, source);
  const { value: data, size } = reader.build(root, []);
  const { problems, duplicateKeys } = reader;
  return { data, size, problems, duplicateKeys, placeOf: (path, at) => reader.placeOf(path, at) };
}

const ABSENT = 'absent';

interface Entry {
  readonly key: Node;
  readonly value: Node | null;
}

interface Built {
  readonly value: unknown;
  readonly size: number;
}

const NOTHING: Built = { value: null, size: 1 };

class TreeReader {
  readonly problems: FileProblem[] = [];
  readonly duplicateKeys: FileProblem[] = [];
  private readonly entries = new Map<Node, ReadonlyMap<string, Entry>>();
  /** The last node of each anchor so far: the one that an alias after it stands for. */
  private readonly anchors = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();
  /** Each anchored node, once it is built. */
  private readonly built = new Map<Node, Built>();

  constructor(
    private readonly root: Node,
    private readonly source: SourceText,
  ) {}

  build(node: Node | null, path: Path): Built {
    if (node === null) return NOTHING;
    if (isAlias(node)) return this.follow(node, path);
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, node);
    const built = this.buildContents(node, path);
    if (anchor !== undefined) this.built.set(node, built);
    return built;
  }

  placeOf(path: Path, at: 'key' | 'value'): Place {
    let node = this.root;
    let key: Node | undefined;
    for (const [i, step] of path.entries()) {
      const holder = isAlias(node) ? (this.targets.get(node) ?? node) : node;
      const entry = this.entryAt(holder, step);
      if (entry === undefined) return { offset: spanOf(holder)[0], text: ABSENT };
      ({ key } = entry);
      const isLast = i === path.length - 1;
      if (key !== undefined && (entry.value === null || isEmpty(entry.value) || (isLast && at === 'key'))) {
        return this.place(key);
      }
      if (entry.value === null) break;
      node = entry.value;
    }
    return this.place(node);
  }

  private entryAt(holder: Node, step: string | number): { key?: Node; value: Node | null } | undefined {
    if (typeof step === 'string') return this.entries.get(holder)?.get(step);
    const item = isSeq<Node>(holder) ? holder.items[step] : undefined;
    return item === undefined ? undefined : { value: item };
  }

  private place(node: Node): Place {
    const [start, end] = spanOf(node);
    return { offset: start, text: this.source.excerpt(start, end) };
  }

  private follow(alias: Alias, path: Path): Built {
    const target = this.anchors.get(alias.source);
    const written = `\`*${alias.source}\``;
    if (target === undefined) {
      return this.nothing(alias, path, 'unknown-anchor', `${written} stands for nothing`, `\`&${alias.source}\` before it`);
    }
    const built = this.built.get(target);
    if (built === undefined) {
      return this.nothing(alias, path, 'endless-alias', `${written} is inside of what it stands for`, 'another anchor');
    }
    this.targets.set(alias, target);
    return built;
  }

  private nothing(node: Node, path: Path, code: FileProblem['code'], message: string, expected: string): Built {
    this.problems.push(this.source.problem(spanOf(node), code, message, expected, path));
    return NOTHING;
  }

  private buildContents(node: Node, path: Path): Built {
    if (isScalar(node)) return { value: node.value, size: 1 };
    if (isSeq<Node>(node)) {
      const items = node.items.map((item, i) => this.build(item, [...path, i]));
      return { value: items.map(({ value }) => value), size: sizeOf(items) };
    }
    if (!isMap<Node, Node | null>(node)) throw new Error('a YAML node is neither a scalar, a list, an object nor an alias');
    const entries = new Map<string, Entry>();
    const fields: [string, unknown][] = [];
    const values: Built[] = [];
    for (const { key, value } of node.items) {
      // A key that is not text is a syntax problem (`stringKeys`), after which nothing is built.
      const name = isScalar(key) ? String(key.value) : '';
      const at = [...path, name];
      const built = this.build(value, at);
      values.push(built);
      const first = entries.get(name);
      if (first === undefined) {
        entries.set(name, { key, value });
        fields.push([name, built.value]);
      } else {
        const message = `${quoted(name)} is written twice; first at line ${this.source.position(spanOf(first.key)[0]).line}`;
        this.duplicateKeys.push(this.source.problem(spanOf(key), 'duplicate-key', message, 'each key once', at));
      }
    }
    this.entries.set(node, entries);
    // Unlike an assignment, this makes `__proto__` a key like any other.
    return { value: Object.fromEntries(fields), size: sizeOf(values) };
  }
}

function sizeOf(parts: readonly Built[]): number {
  return parts.reduce((sum, { size }) => sum + size, 1);
}

/** Where the node stands in the text: its first offset, and the one after its last. */
function spanOf(node: Node): [number, number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

function isEmpty(node: Node): boolean {
  const [start, end] = spanOf(node);
  return start === end;
}
