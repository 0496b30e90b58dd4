/**
 * The data of a YAML document, with the position of each value in the text. All aliases of an anchor share one value, so aliases cost no
 * extra time or memory.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';
import type { Path } from './path.js';
import { quoted } from './quoted.js';
import type { SourceText, Span, YamlProblem, YamlProblemCode } from './source-text.js';

/** The position of a value or key in the file, and its text. */
export interface Place {
  readonly offset: number;
  readonly text: string;
}

const ABSENT = 'absent';

interface Entry {
  readonly key?: Node;
  readonly value: Node | null;
}

interface Built {
  readonly value: unknown;
  /** The number of values in the data. Each alias counts as all values of its anchor. */
  readonly size: number;
}

const NOTHING: Built = { value: null, size: 1 };

export class Tree {
  readonly data: unknown;
  readonly size: number;
  /** Invalid aliases: the anchor does not exist, or the alias is inside the value of its own anchor. In `data`, such an alias is `null`. */
  readonly problems: YamlProblem[] = [];
  /**
   * Keys that are written twice in one object. `data` has the first value of such a key, so that the caller can also check the rest of the
   * file.
   */
  readonly duplicateKeys: YamlProblem[] = [];
  private readonly entries = new Map<Node, ReadonlyMap<string, Entry>>();
  /** The latest node with each anchor. If an anchor is defined twice, an alias refers to the last definition before the alias. */
  private readonly anchors = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();
  /** The anchored nodes whose contents are completely built. */
  private readonly built = new Map<Node, Built>();

  constructor(
    private readonly root: Node,
    private readonly source: SourceText,
  ) {
    const { value, size } = this.build(root, []);
    this.data = value;
    this.size = size;
  }

  /**
   * Returns the position of the value at the path. If `at` is `key`, returns the position of its key. If the value is empty, returns the
   * position of its key. If the value is missing, returns the position of the surrounding object, with the text `absent`. If the value is
   * an alias, returns the position of the alias. If the path goes through an alias, returns a position inside the value of its anchor.
   */
  placeOf(path: Path, at: 'key' | 'value'): Place {
    let node = this.root;
    for (const [i, step] of path.entries()) {
      const holder = isAlias(node) ? (this.targets.get(node) ?? node) : node;
      const entry = this.entryAt(holder, step);
      if (entry === undefined) return { offset: yamlNodeSpan(holder)[0], text: ABSENT };
      const isLast = i === path.length - 1;
      const isEmpty = entry.value === null || yamlNodeSpan(entry.value)[0] === yamlNodeSpan(entry.value)[1];
      if (entry.key !== undefined && (isEmpty || (isLast && at === 'key'))) {
        const place = this.place(entry.key);
        return isLast ? place : { ...place, text: ABSENT };
      }
      if (entry.value === null) break;
      node = entry.value;
    }
    return this.place(node);
  }

  private entryAt(holder: Node, step: string | number): Entry | undefined {
    if (typeof step === 'string') return this.entries.get(holder)?.get(step);
    const item = isSeq<Node>(holder) ? holder.items[step] : undefined;
    return item === undefined ? undefined : { value: item };
  }

  private place(node: Node): Place {
    return { offset: yamlNodeSpan(node)[0], text: this.source.excerpt(yamlNodeSpan(node)) };
  }

  private build(node: Node | null, path: Path): Built {
    if (node === null) return NOTHING;
    if (isAlias(node)) return this.follow(node, path);
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, node);
    const built = this.buildContents(node, path);
    if (anchor !== undefined) this.built.set(node, built);
    return built;
  }

  private follow(alias: Alias, path: Path): Built {
    const unresolved = (code: YamlProblemCode, message: string, expected: string): Built => {
      this.problems.push(this.source.problem(yamlNodeSpan(alias), code, message, expected, path));
      return NOTHING;
    };
    const target = this.anchors.get(alias.source);
    const written = `\`*${alias.source}\``;
    if (target === undefined) return unresolved('unknown-anchor', `${written} refers to no anchor`, `\`&${alias.source}\` before it`);
    const built = this.built.get(target);
    if (built === undefined) return unresolved('endless-alias', `${written} is inside the value of its own anchor`, 'another anchor');
    this.targets.set(alias, target);
    return built;
  }

  private buildContents(node: Node, path: Path): Built {
    if (isScalar(node)) return { value: node.value, size: 1 };
    if (isSeq<Node>(node)) {
      const items = node.items.map((item, i) => this.build(item, [...path, i]));
      return { value: items.map(({ value }) => value), size: yamlTreeSize(items) };
    }
    if (!isMap<Node, Node | null>(node)) throw new Error('a YAML node is neither a scalar, a list, an object nor an alias');
    const entries = new Map<string, Entry & { readonly key: Node }>();
    const fields: [string, unknown][] = [];
    const values: Built[] = [];
    for (const { key, value } of node.items) {
      // Every key is a scalar: with the option `stringKeys`, any other key is a syntax error.
      const name = isScalar(key) ? String(key.value) : '';
      const built = this.build(value, [...path, name]);
      values.push(built);
      const first = entries.get(name);
      if (first === undefined) {
        entries.set(name, { key, value });
        fields.push([name, built.value]);
      } else {
        const message = `${quoted(name)} is written twice; first at line ${this.source.position(yamlNodeSpan(first.key)[0]).line}`;
        this.duplicateKeys.push(this.source.problem(yamlNodeSpan(key), 'duplicate-key', message, 'each key once', [...path, name]));
      }
    }
    this.entries.set(node, entries);
    // With `fromEntries`, `__proto__` is a normal key. An assignment would change the prototype.
    return { value: Object.fromEntries(fields), size: yamlTreeSize(values) };
  }
}

function yamlTreeSize(parts: readonly Built[]): number {
  return parts.reduce((sum, { size }) => sum + size, 1);
}

function yamlNodeSpan(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}
