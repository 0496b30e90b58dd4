/** Writes a baseline file as YAML, with a comment above each baseline. Each permission is on one line if it fits. */
import { Document, isMap, isPair, isSeq, YAMLSeq } from 'yaml';
import { permissionsOf, type Direction } from '@portcullis/permission-diff';
import type { Baseline, GroupSelection, IgnoreClause, Permit } from '../compiled/baseline.js';
import { yamlCommentText, baselineProposalLines, type ProposedPermit } from './proposals.js';

export interface WrittenBaseline {
  /** The comment lines above the baseline, without `#`. */
  readonly comment: readonly string[];
  readonly baseline: Baseline;
  /** The permits to propose, as comments at the end of the baseline. @default none */
  readonly proposed?: readonly ProposedPermit[];
}

/** A permission is written on one line if its JSON has at most this many characters. */
const LINE_LENGTH = 140;

/**
 * Returns the text of a file with these baselines, in the given order. `readBaselineFile` returns the same baselines from this text.
 * Control characters in comments become blanks.
 *
 * @param heading the comment lines at the top of the file, without `#`.
 */
export function writeBaselineFile(heading: readonly string[], baselines: readonly WrittenBaseline[]): string {
  const document = new Document({ version: 1 });
  document.commentBefore = yamlComment(heading);
  const list = new YAMLSeq();
  for (const { comment, baseline, proposed = [] } of baselines) {
    const node = document.createNode(baselineFileEntry(baseline));
    if (isMap(node)) for (const { value } of node.items) layOutYamlNode(value);
    node.commentBefore = yamlComment(comment);
    if (proposed.length > 0) node.comment = yamlComment(baselineProposalLines(proposed));
    node.spaceBefore = list.items.length > 0;
    list.add(node);
  }
  document.set('baselines', list);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Returns a YAML list as lines without indentation. @param style `block` puts each key of an item on its own line. */
export function yamlListLines(items: readonly unknown[], style: 'fit' | 'block' = 'fit'): string[] {
  const document = new Document(items);
  const list = document.contents;
  for (const item of isSeq(list) ? list.items : []) {
    if (style === 'block' && isMap(item)) for (const { value } of item.items) fitYamlOnLine(value);
    else fitYamlOnLine(item);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trimEnd().split('\n');
}

/** Puts each item of a list on its own line. Puts a map on one line if the map fits. */
function layOutYamlNode(node: unknown): void {
  if (isSeq(node)) for (const item of node.items) fitYamlOnLine(item);
  else fitYamlOnLine(node);
}

function fitYamlOnLine(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return;
  node.flow = JSON.stringify(node.toJSON()).length <= LINE_LENGTH;
  if (node.flow) return;
  for (const item of node.items) fitYamlOnLine(isPair(item) ? item.value : item);
}

/** Returns the data of the baseline in a file, without keys that have their default value. */
export function baselineFileEntry({ name, groups, mode, approveWithin, compare, ingress, egress, permit, ignore }: Baseline): object {
  return {
    name,
    groups: fileGroupSelection(groups),
    ...(mode === 'enforce' ? {} : { mode }),
    ...(approveWithin === undefined ? {} : { approveWithin }),
    ...(compare === 'rules' ? {} : { compare }),
    ingress: permissionsOf(ingress),
    ...(egress === undefined ? {} : { egress: permissionsOf(egress) }),
    ...(permit.length === 0 ? {} : { permit: permit.flatMap(filePermits) }),
    ...(ignore.length === 0 ? {} : { ignore: ignore.map(fileIgnoreClause) }),
  };
}

function fileGroupSelection({ ids, ...criteria }: GroupSelection): object {
  return { ...(ids.length === 0 ? {} : { ids }), ...criteria };
}

function fileIgnoreClause({ within, ...owner }: IgnoreClause): object {
  if (within === undefined) return owner;
  const inDirection = (direction: Direction) => permissionsOf(within.filter((rule) => rule.direction === direction));
  const [ingress, egress] = [inDirection('ingress'), inDirection('egress')];
  return { ...owner, ...(ingress.length > 0 && { within: ingress }), ...(egress.length > 0 && { withinEgress: egress }) };
}

/** Returns one permit for each permission, because a permit in the file has exactly one permission. */
function filePermits({ rules, ...terms }: Permit): object[] {
  const inDirection = (direction: Direction) => permissionsOf(rules.filter((rule) => rule.direction === direction));
  return [
    ...inDirection('ingress').map((permission) => ({ permission, ...terms })),
    ...inDirection('egress').map((permission) => ({ permission, ...terms, direction: 'egress' })),
  ];
}

function yamlComment(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.map((line) => ` ${yamlCommentText(line)}`).join('\n');
}
