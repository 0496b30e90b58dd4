/** Edits single rules of a baseline file. An edit changes no other byte, so the author's comments, order and layout stay. */
import { permissionsOf, readRules, ruleKey, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject } from '@portcullis/yaml-file';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  yamlFlowText,
  yamlCommentText,
  findBaselineProposalHeadings,
  baselineProposalItem,
  baselineProposalLines,
  findBaselineProposals,
  type ProposedPermit,
} from './proposals.js';
import { baselineFileEntry, yamlListLines, writeBaselineFile, type WrittenBaseline } from './write-baseline-file.js';

/** The changes to one baseline. The editor removes an existing rule if its `ruleKey` equals the `ruleKey` of a given rule. */
export interface BaselineEdit {
  /** The name of the baseline. */
  readonly name: string;
  /** The declared rules to remove. If a permission also contains other rules, the editor keeps the permission with those rules. */
  readonly undeclare?: readonly Rule[];
  /** The rules to declare. Egress rules are skipped if the baseline does not declare egress. */
  readonly declare?: readonly CommentedRule[];
  /** The rules to remove from permits. */
  readonly unpermit?: readonly Rule[];
  readonly permit?: readonly NewPermit[];
  /**
   * The permits to write as comments. The editor skips a permit that the file already proposes. A proposal is a comment, so the editor
   * cannot write proposals into a baseline in flow style, such as JSON.
   */
  readonly propose?: readonly ProposedPermit[];
  /** Reports whether to keep an existing proposal for the rule. @default keeps all proposals */
  readonly keepsProposed?: (rule: Rule) => boolean;
}

export interface CommentedRule {
  /** The comment lines above the rule, without `#`. The editor omits these lines in JSON, which has no comments. */
  readonly comment: readonly string[];
  readonly rule: Rule;
}

export interface NewPermit extends CommentedRule {
  readonly until?: string;
  readonly reason: string;
}

export type EditResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Returns the text after the edits, with the new baselines at the end of `baselines`. If the editor cannot edit a baseline or a list,
 * returns only the problems: one line for each such baseline or list.
 *
 * @param text must be a valid baseline file.
 */
export function editBaselineFile(text: string, edits: readonly BaselineEdit[], added: readonly WrittenBaseline[] = []): EditResult {
  const editor = new Editor(text);
  for (const edit of edits) editor.edit(edit);
  if (added.length > 0) editor.add(added);
  return editor.result();
}

/** Replaces the characters from `start` (inclusive) to `end` (exclusive) by `text`. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface AddedItem {
  readonly comment: readonly string[];
  readonly value: unknown;
  readonly style?: 'block';
}

/** The changes to one list of the file. `removed` contains the `ruleKey` of each rule to remove. */
interface ListChange {
  readonly rulesOf: (item: unknown) => readonly Rule[];
  readonly removed: ReadonlySet<string>;
  /** Returns a copy of the item with only these rules. */
  readonly rewritten: (item: unknown, rules: readonly Rule[]) => unknown;
  readonly added: readonly AddedItem[];
}

class Editor {
  private readonly mark: string;
  private readonly text: string;
  private readonly lineBreak: string;
  private readonly root: YAMLMap | undefined;
  private readonly baselines: YAMLSeq | undefined;
  /** `true` if the top level of the file is in flow style, as in JSON. */
  private readonly isJson: boolean;
  private readonly splices: Splice[] = [];
  private readonly problems: string[] = [];

  constructor(text: string) {
    this.mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
    this.text = text.slice(this.mark.length);
    this.lineBreak = this.text.includes('\r\n') ? '\r\n' : '\n';
    const { contents } = parseDocument(this.text, { schema: 'core', keepSourceTokens: true });
    this.root = isMap(contents) ? contents : undefined;
    const list = this.root && baselineFileValue(this.root, 'baselines');
    this.baselines = isSeq(list) ? list : undefined;
    this.isJson = this.root?.flow === true;
    if (this.baselines === undefined)
      this.problems.push('`baselines` is not written as a list; expected the list itself, not a YAML alias');
  }

  result(): EditResult {
    if (this.problems.length > 0) return { ok: false, problems: this.problems };
    let [edited, position] = [this.mark, 0];
    for (const { start, end, text } of [...this.splices].sort((a, b) => a.start - b.start)) {
      edited += this.text.slice(position, start) + text.replaceAll('\n', this.lineBreak);
      position = Math.max(position, end);
    }
    return { ok: true, text: edited + this.text.slice(position) };
  }

  edit({ name, undeclare = [], declare = [], unpermit = [], permit = [], propose = [], keepsProposed = () => true }: BaselineEdit): void {
    const index = (this.baselines?.items ?? []).findIndex((item) => isMap(item) && baselineFileScalar(item, 'name') === name);
    const baseline = this.baselines?.items[index];
    if (!isMap(baseline)) {
      this.problems.push(`cannot find the baseline \`${name}\` in the text; expected the baseline and its name without YAML aliases`);
      return;
    }
    for (const direction of ['ingress', 'egress'] as const) {
      const added = declare.filter(({ rule }) => rule.direction === direction);
      const removed = undeclare.filter((rule) => rule.direction === direction);
      const change = {
        ...baselineRuleListChange(direction),
        removed: new Set(removed.map(ruleKey)),
        added: added.map(({ comment, rule }) => ({ comment, value: permissionsOf([rule])[0] })),
      };
      if (baselineFileValue(baseline, direction) !== undefined) this.changeList(name, baseline, direction, change);
    }
    const permits = permit.map(({ comment, rule, until, reason }) => ({
      comment,
      style: 'block' as const,
      value: {
        permission: permissionsOf([rule])[0],
        ...(until !== undefined && { until }),
        reason,
        ...(rule.direction === 'egress' && { direction: rule.direction }),
      },
    }));
    const hasPermits = baselineFileValue(baseline, 'permit') !== undefined;
    if (hasPermits)
      this.changeList(name, baseline, 'permit', { ...PERMITS_CHANGE, removed: new Set(unpermit.map(ruleKey)), added: permits });
    else if (permits.length > 0) this.addKey(baseline, 'permit', permits);
    if (baseline.flow !== true)
      this.changeProposals(baseline, index, { propose, keepsProposed, hasPermits: hasPermits || permits.length > 0 });
  }

  add(added: readonly WrittenBaseline[]): void {
    const { root, baselines } = this;
    if (root === undefined || baselines === undefined) return;
    const last = baselines.items.at(-1);
    const lines = writeBaselineFile([], added).split('\nbaselines:\n')[1]?.trimEnd().split('\n') ?? [];
    if (baselines.items.length === 0 && !this.isJson) {
      this.fillEmpty(root, 'baselines', baselines, lines);
      return;
    }
    if (baselines.flow === true || !isNode(last)) {
      const values = added.map(({ baseline }) => this.flow(baselineFileEntry(baseline)));
      this.insertIntoFlow(baselines, baselines.items.length - 1, values);
      return;
    }
    const indent = ' '.repeat(baselineFileIndent(baselines));
    this.insertLines(this.afterComments(baselineFileNodeEnd(last), indent.length + 1), [
      '',
      ...lines.map((line) => (line === '' ? '' : `${indent}${line.slice(2)}`)),
    ]);
  }

  private changeList(name: string, baseline: YAMLMap, key: string, change: ListChange): void {
    const list = baselineFileValue(baseline, key);
    const items = isSeq(list) ? list.items.map((item) => (isNode(item) ? item : undefined)) : [];
    const itemsRules = items.map((item) => change.rulesOf(item?.toJSON()));
    const rest = itemsRules.map((rules) => rules.filter((rule) => !change.removed.has(ruleKey(rule))));
    const isSame = rest.every((rules, i) => rules.length === itemsRules[i]?.length);
    if (isSame && change.added.length === 0) return;
    const source = baselineFilePair(baseline, key)?.value;
    if (!isSeq(list) || isAlias(source) || hasBaselineFileAnchors(list)) {
      this.problems.push(`\`${key}\` of the baseline \`${name}\` uses an anchor or an alias; expected a list without anchors and aliases`);
      return;
    }
    for (const [i, item] of items.entries()) {
      const [before, after] = [itemsRules[i] ?? [], rest[i] ?? []];
      if (item !== undefined && after.length > 0 && after.length < before.length) {
        const value = change.rewritten(item.toJSON(), after);
        const lines = list.flow === true ? [this.flow(value)] : yamlListLines([value]).map((line) => line.slice(2));
        this.splice(baselineFileNodeStart(item), baselineFileNodeEnd(item), lines.join(`\n${' '.repeat(baselineFileIndent(list) + 2)}`));
      }
    }
    const isKept = rest.map((rules, i) => rules.length > 0 || itemsRules[i]?.length === 0);
    if (list.flow !== true) this.changeBlock(baseline, key, list, isKept, change.added);
    else if (list.items.length === 0 && baseline.flow !== true)
      this.fillEmpty(baseline, key, list, baselineFileItemLines(change.added, ' '.repeat(baselineFileIndent(baseline) + 2)));
    else this.changeFlow(list, isKept, change.added);
  }

  private changeBlock(baseline: YAMLMap, key: string, list: YAMLSeq, isKept: readonly boolean[], added: readonly AddedItem[]): void {
    list.items.forEach((item, i) => {
      if (isKept[i] === true || !isNode(item)) return;
      this.splice(this.lineStart(baselineFileDashPosition(list, i)), this.afterLine(baselineFileNodeEnd(item)), '');
    });
    if (!isKept.includes(true) && added.length === 0) this.splice(this.afterColon(baseline, key), this.afterColon(baseline, key), ' []');
    this.insertLines(this.afterLine(baselineFileNodeEnd(list)), baselineFileItemLines(added, ' '.repeat(baselineFileIndent(list))));
  }

  /** Replaces the empty list `[]` by these lines. */
  private fillEmpty(map: YAMLMap, key: string, list: YAMLSeq, lines: readonly string[]): void {
    this.splice(this.afterColon(map, key), baselineFileNodeEnd(list), '');
    this.insertLines(this.afterLine(baselineFileNodeEnd(list)), lines);
  }

  private changeFlow(list: YAMLSeq, isKept: readonly boolean[], added: readonly AddedItem[]): void {
    const items = list.items.filter(isNode);
    const lastKept = isKept.lastIndexOf(true);
    const endOfLast = baselineFileNodeEnd(items.at(-1) ?? list);
    const [, trailingComma = ''] = /^(\s*,)/.exec(this.text.slice(endOfLast)) ?? [];
    items.forEach((item, i) => {
      if (isKept[i] === true) return;
      const [before, next] = [items[i - 1], items[i + 1]];
      if (i < lastKept && next !== undefined) this.splice(baselineFileNodeStart(item), baselineFileNodeStart(next), '');
      else if (lastKept === -1)
        this.splice(
          baselineFileNodeStart(item),
          next === undefined ? baselineFileNodeEnd(item) + trailingComma.length : baselineFileNodeStart(next),
          '',
        );
      else this.splice(baselineFileNodeEnd(before ?? item), baselineFileNodeEnd(item), '');
    });
    this.insertIntoFlow(
      list,
      lastKept,
      added.map(({ value }) => this.flow(value)),
    );
  }

  /**
   * Inserts the texts after the item at the index `lastKept`. If `lastKept` is -1, all items were removed, so the texts become the only
   * items.
   */
  private insertIntoFlow(list: YAMLSeq, lastKept: number, texts: readonly string[]): void {
    if (texts.length === 0) return;
    const items = list.items.filter(isNode);
    const last = items[lastKept];
    const first = items[0];
    if (last === undefined || first === undefined) {
      const start = first === undefined ? baselineFileNodeStart(list) + 1 : baselineFileNodeStart(first);
      this.splice(start, start, first === undefined ? ` ${texts.join(', ')} ` : texts.join(', '));
      return;
    }
    const hasLines = this.text.slice(baselineFileNodeStart(list), baselineFileNodeStart(first)).includes('\n');
    const column = baselineFileNodeStart(first) - this.lineStart(baselineFileNodeStart(first));
    const separator = hasLines ? `,\n${' '.repeat(column)}` : ', ';
    this.splice(baselineFileNodeEnd(last), baselineFileNodeEnd(last), texts.map((text) => `${separator}${text}`).join(''));
  }

  private addKey(baseline: YAMLMap, key: string, added: readonly AddedItem[]): void {
    if (baseline.flow === true) {
      const values = added.map(({ value }) => this.flow(value)).join(', ');
      const end = baselineFileNodeEnd(lastBaselineFileNode(baseline));
      this.splice(end, end, `, ${this.isJson ? JSON.stringify(key) : key}: [ ${values} ]`);
      return;
    }
    const indent = ' '.repeat(baselineFileIndent(baseline));
    this.insertLines(this.afterLine(baselineFileNodeEnd(baseline)), [`${indent}${key}:`, ...baselineFileItemLines(added, `${indent}  `)]);
  }

  private changeProposals(
    baseline: YAMLMap,
    index: number,
    { propose, keepsProposed, hasPermits }: Required<Pick<BaselineEdit, 'propose' | 'keepsProposed'>> & { readonly hasPermits: boolean },
  ): void {
    const indent = ' '.repeat(baselineFileIndent(baseline));
    const [from, to] = this.spanOf(index);
    const lines = this.text.slice(from, to).split('\n');
    const offsets = baselineFileLineOffsets(lines, from);
    const drop = (i: number): void => {
      this.splice(offsets[i] ?? to, Math.min(offsets[i + 1] ?? to, to), '');
    };
    const found = findBaselineProposals(lines.map((line) => line.trimEnd()));
    const kept = found.filter(({ rule }) => keepsProposed(rule));
    const { heading, permit } = findBaselineProposalHeadings(lines);
    for (const { first, last } of found.filter((each) => !kept.includes(each))) for (let i = first; i <= last; i++) drop(i);
    const known = new Set(kept.map(({ rule }) => ruleKey(rule)));
    const fresh = propose.filter(({ rule }) => !known.has(ruleKey(rule)));
    const isEmpty = kept.length + fresh.length === 0;
    if (isEmpty) heading.forEach(drop);
    if (isEmpty || hasPermits) permit.forEach(drop);
    if (fresh.length === 0) return;
    const asComment = (line: string): string => `${indent}# ${yamlCommentText(line)}`;
    const items = fresh.flatMap((each) => baselineProposalItem(each, '  '));
    const all = heading.length > 0 ? items : baselineProposalLines(fresh).filter((line) => !(hasPermits && line === 'permit:'));
    // Other keys can follow `permit`, so the proposals come directly after the list of permits.
    const list = baselineFileValue(baseline, 'permit');
    const end = isSeq(list) && list.flow !== true ? baselineFileNodeEnd(list) : baselineFileNodeEnd(baseline);
    this.insertLines(this.afterComments(end, indent.length), all.map(asComment));
  }

  /**
   * Returns the positions where a baseline starts and ends in the text. A baseline ends where the next baseline or the next key of the file
   * starts.
   */
  private spanOf(index: number): readonly [number, number] {
    const { root, baselines } = this;
    if (root === undefined || baselines === undefined) return [0, 0];
    const startOfItem = (i: number): number => this.lineStart(baselineFileDashPosition(baselines, i));
    const next = root.items[root.items.findIndex(({ value }) => value === baselines) + 1]?.key;
    const end = isNode(next) ? this.beforeComments(baselineFileNodeStart(next), baselineFileIndent(baselines)) : this.text.length;
    return [startOfItem(index), index + 1 < baselines.items.length ? startOfItem(index + 1) : end];
  }

  private flow(value: unknown): string {
    return this.isJson ? JSON.stringify(value) : yamlFlowText(value);
  }

  private splice(start: number, end: number, text: string): void {
    this.splices.push({ start, end, text });
  }

  private insertLines(position: number, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const isLineStart = position === 0 || this.text[position - 1] === '\n';
    this.splice(position, position, `${isLineStart ? '' : '\n'}${lines.join('\n')}\n`);
  }

  private afterColon(map: YAMLMap, key: string): number {
    const pair = baselineFilePair(map, key);
    return this.text.indexOf(':', isNode(pair?.key) ? baselineFileNodeEnd(pair.key) : 0) + 1;
  }

  private lineStart(position: number): number {
    return this.text.lastIndexOf('\n', position - 1) + 1;
  }

  /** Returns the start of the next line after this position. */
  private afterLine(position: number): number {
    const end = this.text.indexOf('\n', Math.max(0, position - (this.text[position - 1] === '\n' ? 1 : 0)));
    return end === -1 ? this.text.length : end + 1;
  }

  /**
   * Returns the start of the empty lines and comment lines above this line. The search stops at a comment with a larger indentation,
   * because such a comment belongs to the baseline above.
   */
  private beforeComments(position: number, indent: number): number {
    let start = this.lineStart(position);
    for (;;) {
      const before = this.lineStart(start - 1);
      const line = this.text.slice(before, start).trimEnd();
      const text = line.trimStart();
      if (start === 0 || (text !== '' && (!text.startsWith('#') || line.length - text.length > indent))) return start;
      start = before;
    }
  }

  /** Returns the position after the comments that follow this line. Stops at a comment with less than this indentation. */
  private afterComments(position: number, indent: number): number {
    let end = this.afterLine(position);
    for (;;) {
      const [line = ''] = this.text.slice(end).split('\n', 1);
      if (end >= this.text.length || !line.trimStart().startsWith('#') || line.length - line.trimStart().length < indent) return end;
      end += line.length + 1;
    }
  }
}

function baselineRuleListChange(direction: Direction): Pick<ListChange, 'rulesOf' | 'rewritten'> {
  return { rulesOf: (item) => rulesOfBaselinePermission(item, direction), rewritten: (_item, rules) => permissionsOf(rules)[0] };
}

/** Edits the permission of a permit, and keeps the other keys of the permit. */
const PERMITS_CHANGE: Pick<ListChange, 'rulesOf' | 'rewritten'> = {
  rulesOf: (item) => {
    const { permission, direction } = isObject(item) ? item : {};
    return rulesOfBaselinePermission(permission, direction === 'egress' ? 'egress' : 'ingress');
  },
  rewritten: (item, rules) => ({ ...(item as object), permission: permissionsOf(rules)[0] }),
};

function rulesOfBaselinePermission(permission: unknown, direction: Direction): readonly Rule[] {
  const read = readRules([permission], { direction });
  return read.ok ? read.value : [];
}

function baselineFileItemLines(added: readonly AddedItem[], indent: string): string[] {
  return added
    .flatMap(({ comment, value, style }) => [...comment.map((line) => `# ${yamlCommentText(line)}`), ...yamlListLines([value], style)])
    .map((line) => indent + line);
}

function baselineFilePair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function baselineFileValue(map: YAMLMap, key: string): unknown {
  return baselineFilePair(map, key)?.value ?? undefined;
}

function baselineFileScalar(map: YAMLMap, key: string): unknown {
  const value = baselineFileValue(map, key);
  return isScalar(value) ? value.value : undefined;
}

function hasBaselineFileAnchors(node: Node): boolean {
  let found = false;
  visit(node, {
    Node: (_key, each) => {
      found ||= isAlias(each) || each.anchor !== undefined;
    },
    Alias: () => {
      found = true;
    },
  });
  return found;
}

function baselineFileNodeStart(node: Node): number {
  return node.range?.[0] ?? 0;
}

/**
 * Returns the position where the last value of the node ends. The `range` of a block node would end later, after the comments and empty
 * lines that follow.
 */
function baselineFileNodeEnd(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) return baselineFileNodeEnd(lastBaselineFileNode(node));
  return node.range?.[1] ?? 0;
}

function lastBaselineFileNode(collection: YAMLMap | YAMLSeq): Node {
  const last: unknown = collection.items.at(-1);
  const node = isNode(last) ? last : isBaselineFilePair(last) ? (last.value ?? last.key) : undefined;
  if (node === undefined) throw new Error('the last item of a YAML collection is empty');
  return node;
}

function isBaselineFilePair(item: unknown): item is Pair<Node, Node | null> {
  return typeof item === 'object' && item !== null && 'key' in item && isNode(item.key);
}

function baselineFileIndent(collection: YAMLMap | YAMLSeq): number {
  const token = collection.srcToken;
  if (token?.type !== 'block-map' && token?.type !== 'block-seq') throw new Error('a block of YAML has no source');
  return token.indent;
}

function baselineFileDashPosition(list: YAMLSeq, index: number): number {
  const token = list.srcToken;
  const starts = token?.type === 'block-seq' ? (token.items[index]?.start ?? []) : [];
  const dash = starts.find(({ type }) => type === 'seq-item-ind');
  if (dash === undefined) throw new Error('an item of a YAML block has no dash');
  return dash.offset;
}

function baselineFileLineOffsets(lines: readonly string[], from: number): number[] {
  const offsets = [from];
  for (const line of lines) offsets.push((offsets.at(-1) ?? from) + line.length + 1);
  return offsets;
}
