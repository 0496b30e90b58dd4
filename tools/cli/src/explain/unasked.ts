/** A reader of EC2 that makes no call, for `--offline` and for events of other accounts. */
import { SecurityGroupCallError, type SecurityGroupReader } from '@portcullis/security-groups';
import type { Finding } from '@portcullis/finding';

/** The error code of a call that was not made. `inPlainWords` replaces the code with words. */
export const NOT_ASKED = 'NotAsked';

/** Returns a reader whose methods all reject. */
export function unaskedReader(): SecurityGroupReader {
  const unanswered = (operation: string): SecurityGroupCallError =>
    new SecurityGroupCallError(operation, NOT_ASKED, 'refused', 'EC2 was not asked');
  const refuse = (operation: string) => (): Promise<never> => Promise.reject(unanswered(operation));
  return {
    readRules: refuse('DescribeSecurityGroupRules'),
    readRulesOf: (ids) => Promise.resolve(new Map(ids.map((id) => [id, unanswered('DescribeSecurityGroupRules')]))),
    describeGroup: refuse('DescribeSecurityGroups'),
    listGroups: refuse('DescribeSecurityGroups'),
    findGroups: refuse('DescribeSecurityGroups'),
    findGroupIdsOfRules: refuse('DescribeSecurityGroupRules'),
    readPrefixList: refuse('GetManagedPrefixListEntries'),
  };
}

/** Returns the text with words in place of the error code. */
export function inPlainWords(text: string): string {
  return text.replace(/(\w+ failed with )?\bNotAsked\b/g, 'EC2 was not asked');
}

export function findingInPlainWords(finding: Finding): Finding {
  return { ...finding, summary: inPlainWords(finding.summary) };
}
