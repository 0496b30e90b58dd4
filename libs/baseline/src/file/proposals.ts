/**
 * Reads and writes proposed permits: YAML comments that become a valid `permit` list after a person removes the `# ` from each line.
 */
import { permissionsOf, readRules, type Rule } from '@portcullis/permission-diff';
import { Document, parseDocument } from 'yaml';

export interface ProposedPermit {
  /** The comment lines above the permit, without `#`. For example, these lines say who authorized the rule. */
  readonly comment: readonly string[];
  /** An ingress rule. */
  readonly rule: Rule;
  /** `YYYY-MM-DD` */
  readonly until: string;
  readonly reason: string;
}

const HEADING = [
  'Open to the internet, so not declared: the guard reports it as drift. To accept a rule, remove the `# ` before `permit:`',
  'and before its lines, and write why it must stay open. To drop a rule, revoke it, and delete its lines.',
];

/** Returns the heading and the proposed permits. The caller puts `# ` before each line. */
export function baselineProposalLines(proposed: readonly ProposedPermit[]): string[] {
  return [...HEADING, PERMIT, ...proposed.flatMap((permit) => baselineProposalItem(permit, '  '))];
}

const PERMIT = 'permit:';

/** A proposed permit that the file already contains. */
export interface FoundProposal {
  /** The index of the proposal's first line. */
  readonly first: number;
  /** The index of the proposal's last line. */
  readonly last: number;
  readonly rule: Rule;
}

const COMMENT_LINE = /^ *# +# /;
const PERMISSION_LINE = /^ *# +- permission: (.*)$/;
const TERM_LINE = /^ *# +(until|direction|reason): /;

/** Returns the proposed permits that the lines contain. Skips a permission that somebody edited and that is no longer valid. */
export function findBaselineProposals(lines: readonly string[]): FoundProposal[] {
  return lines.flatMap((line, i) => {
    const rule = readBaselineProposal(PERMISSION_LINE.exec(line)?.[1]);
    if (rule === undefined) return [];
    const above = countBaselineCommentLines(lines.slice(0, i).reverse(), COMMENT_LINE);
    const below = countBaselineCommentLines(lines.slice(i + 1), TERM_LINE);
    return [{ first: i - above, last: i + below, rule }];
  });
}

/** Returns the indexes of the heading lines and of the line `# permit:`, which are above the first proposed permit. */
export function findBaselineProposalHeadings(lines: readonly string[]): {
  readonly heading: readonly number[];
  readonly permit: readonly number[];
} {
  const withText = (texts: readonly string[]): number[] =>
    lines.flatMap((line, i) => (texts.some((text) => line.trim() === `# ${text}`) ? [i] : []));
  return { heading: withText(HEADING), permit: withText([PERMIT]) };
}

function readBaselineProposal(permission: string | undefined): Rule | undefined {
  if (permission === undefined) return undefined;
  const document = parseDocument(permission);
  const read = document.errors.length === 0 ? readRules([document.toJS()]) : undefined;
  return read?.ok === true && read.value.length === 1 ? read.value[0] : undefined;
}

function countBaselineCommentLines(lines: readonly string[], pattern: RegExp): number {
  const end = lines.findIndex((line) => !pattern.test(line));
  return end === -1 ? lines.length : end;
}

export function baselineProposalItem({ comment, rule, until, reason }: ProposedPermit, indent: string): string[] {
  return [
    ...comment.map((line) => `${indent}# ${line}`),
    `${indent}- permission: ${yamlFlowText(permissionsOf([rule])[0])}`,
    `${indent}  until: ${until}`,
    `${indent}  reason: ${new Document(reason).toString({ lineWidth: 0 }).trimEnd()}`,
  ];
}

/** Returns the value as one line of YAML. */
export function yamlFlowText(value: unknown): string {
  return new Document(value).toString({ collectionStyle: 'flow', flowCollectionPadding: true, lineWidth: 0 }).trimEnd();
}

/**
 * Replaces control characters by blanks. A line break would end the comment, and other control characters could hide text in an editor.
 */
export function yamlCommentText(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}
