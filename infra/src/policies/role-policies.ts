import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import {
  ACCOUNT_ID_CHARACTERS,
  AWS_LIMITS,
  LONGEST_PARTITION_CHARACTERS,
  countPolicyCharacters,
  UNKNOWN_CHARACTERS,
} from '@portcullis/aws-limits';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Deployment } from '../constructs/deployment.js';
import { GROUP_ID_KEY, iamPolicyDocument, type Statement } from './statements.js';

export interface RolePoliciesProps {
  readonly deployment: Deployment;
  readonly role: IamRole;
  readonly roleName: string;
  readonly statements: readonly Statement[];
}

/**
 * Creates a role's inline policy. Restore statements that do not fit into the inline policy go into customer-managed policies. Every
 * resource that uses the role must depend on the returned resources.
 */
export function createIamRolePolicies(
  scope: Construct,
  { deployment, role, roleName, statements }: RolePoliciesProps,
): readonly [IamRolePolicy, ...ITerraformDependable[]] {
  const lengthOf = (reference: string): number => {
    if (deployment.accountId.includes(reference)) return ACCOUNT_ID_CHARACTERS;
    return deployment.partition.includes(reference) ? LONGEST_PARTITION_CHARACTERS : UNKNOWN_CHARACTERS;
  };
  const { inline, managed } = packIamStatements(statements, (some) => countPolicyCharacters(iamPolicyDocument(some), lengthOf));
  const policy = new IamRolePolicy(scope, 'policy', {
    name: 'least-privilege',
    role: role.name,
    policy: iamPolicyDocument(inline),
  });
  const attachments = managed.map((some, i) => {
    const { arn } = new IamPolicy(scope, `restore-${i + 1}`, {
      name: `${roleName}-restore-${i + 1}`,
      description: 'Groups that the inline policy of the role has no room for',
      policy: iamPolicyDocument(some),
    });
    return new IamRolePolicyAttachment(scope, `restore-${i + 1}-attachment`, { role: role.name, policyArn: arn });
  });
  return [policy, ...attachments];
}

interface PackedStatements {
  readonly inline: readonly Statement[];
  readonly managed: readonly (readonly Statement[])[];
}

/**
 * Puts statements into the inline policy, and those that do not fit into managed policies. A statement that lists groups by id can be split
 * between policies.
 */
function packIamStatements(statements: readonly Statement[], lengthOf: (statements: readonly Statement[]) => number): PackedStatements {
  if (lengthOf(statements) <= AWS_LIMITS.inlinePolicies.maximum) return { inline: statements, managed: [] };
  const policies: [Statement[], ...Statement[][]] = [statements.filter((each) => !isIamRestoreStatement(each))];
  for (const statement of statements.filter(isIamRestoreStatement)) {
    let rest: Statement | undefined = statement;
    while (rest !== undefined) {
      const last: Statement[] = policies.at(-1) ?? policies[0];
      const maximum = policies.length === 1 ? AWS_LIMITS.inlinePolicies.maximum : AWS_LIMITS.managedPolicy.maximum;
      const room = maximum - lengthOf(last);
      const [fits, more] = splitIamStatement(rest, room, (some) => lengthOf([...last, some]) - lengthOf(last));
      // A statement that is too large for every policy goes into an empty policy. The check against AWS's limits (`synth/check-limits.ts`)
      // then refuses the stack.
      if (fits === undefined && last.length > 0) policies.push([]);
      else {
        last.push(fits ?? rest);
        rest = fits === undefined ? undefined : more;
      }
    }
  }
  const [inline, ...managed] = policies;
  return { inline, managed };
}

function isIamRestoreStatement({ Sid }: Statement): boolean {
  return /^(Never)?Restore/.test(Sid);
}

/**
 * Splits a statement that lists groups by id. The first statement of the result has at most `room` characters. The second statement
 * contains the other groups.
 */
function splitIamStatement(
  statement: Statement,
  room: number,
  lengthOf: (statement: Statement) => number,
): readonly [Statement | undefined, Statement | undefined] {
  if (lengthOf(statement) <= room) return [statement, undefined];
  const ids = statement.Condition?.StringEquals?.[GROUP_ID_KEY];
  if (ids === undefined || typeof ids === 'string') return [undefined, statement];
  const naming = (some: readonly string[]): Statement => ({
    ...statement,
    Condition: { ...statement.Condition, StringEquals: { ...statement.Condition?.StringEquals, [GROUP_ID_KEY]: some } },
  });
  const count = ids.findIndex((_, i) => lengthOf(naming(ids.slice(0, i + 1))) > room);
  return count === 0 ? [undefined, statement] : [naming(ids.slice(0, count)), naming(ids.slice(count))];
}
