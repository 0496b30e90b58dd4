/** An EC2 reader that never calls EC2. */
import { SecurityGroupCallError, type SecurityGroupReader } from '@portcullis/security-groups';

/** The code of the errors that the methods of `offlineEc2Reader` throw. `explain` replaces this code with words. */
export const NOT_ASKED = 'NotAsked';

/** Returns a reader whose methods all fail. @param why the reason for the error message, in one line */
export function offlineEc2Reader(why = 'EC2 was not called'): SecurityGroupReader {
  const unanswered = (operation: string): SecurityGroupCallError => new SecurityGroupCallError(operation, NOT_ASKED, 'refused', why);
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
