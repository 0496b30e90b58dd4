/**
 * Permits that are written commented out, so that a person decides about them. Without the leading `# ` of each line, the lines are a valid
 * `permit` list.
 */
import { permissionsOf, type Rule } from '@portcullis/permission-diff';
import { Document } from 'yaml';

export interface ProposedPermit {
  /** The comment lines above the permit, without `#`: why it is only proposed. */
  readonly comment: readonly string[];
  /** An ingress rule. */
  readonly rule: Rule;
  /** `YYYY-MM-DD` */
  readonly until: string;
  readonly reason: string;
}

/** The lines above the first proposed permit. */
const HEADING = [
  'Open to the internet, so not declared: the guard reports it as drift. To accept a rule, remove the `# ` before `permit:`',
  'and before its lines, and write why it must stay open. To drop a rule, revoke it, and delete its lines.',
];

/** Returns the comment lines at the end of a baseline, without the first `# ` of each line. */
export function proposalLines(proposed: readonly ProposedPermit[]): string[] {
  return [...HEADING, 'permit:', ...proposed.flatMap((permit) => proposalItemLines(permit, '  '))];
}

function proposalItemLines({ comment, rule, until, reason }: ProposedPermit, indent: string): string[] {
  return [
    ...comment.map((line) => `${indent}# ${line}`),
    `${indent}- permission: ${flowText(permissionsOf([rule])[0])}`,
    `${indent}  until: ${until}`,
    `${indent}  reason: ${new Document(reason).toString({ lineWidth: 0 }).trimEnd()}`,
  ];
}

/** Returns the value on one line. */
function flowText(value: unknown): string {
  return new Document(value).toString({ collectionStyle: 'flow', flowCollectionPadding: true, lineWidth: 0 }).trimEnd();
}

/** Returns the text for a comment: a line break would end the comment, and other control characters change what an editor shows. */
export function inComment(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}
