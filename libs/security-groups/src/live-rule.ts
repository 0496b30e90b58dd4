import type { SelectableGroup } from '@portcullis/baseline';
import type { Rule } from '@portcullis/permission-diff';

/** One rule as it is in EC2 now. */
export interface LiveRule extends Rule {
  /** `sgr-…`. It names the rule, not its content: `ModifySecurityGroupRules` keeps the id. */
  readonly ruleId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What EC2 tells of a group besides its rules. */
export interface GroupFacts extends SelectableGroup {
  readonly ownerId: string | null;
}
