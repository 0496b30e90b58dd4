/** Reads EC2's `DescribeSecurityGroupRules`: the same data as permissions, in the dialect of single rules. */
import { isFields, readResult, refuseInto, type PermissionProblem, type ReadResult } from '../problem.js';
import { readRuleItem, type RecordedRule } from './document-rules.js';
import { at, textOf } from './located.js';

/**
 * Returns the rules of a list of items, with their ids, or every problem. `path` begins the paths of problems. Descriptions are taken as
 * EC2 returned them. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export function readSecurityGroupRules(items: unknown, path = 'rules'): ReadResult<readonly RecordedRule[]> {
  const problems: PermissionProblem[] = [];
  if (!Array.isArray(items)) refuseInto(problems, () => path)('wrong-type', '', items, 'a list of rules');
  // Not `map`: a list may have holes.
  const reads = Array.from(Array.isArray(items) ? (items as unknown[]) : [], (item, i) => readSecurityGroupRule(item, `${path}[${i}]`));
  return readResult(
    reads.flatMap((read) => (read.ok ? read.value : [])),
    [...problems, ...reads.flatMap((read) => (read.ok ? [] : read.problems))],
  );
}

/** `readSecurityGroupRules` for one item. */
export function readSecurityGroupRule(item: unknown, path = 'rule'): ReadResult<RecordedRule> {
  const problems: PermissionProblem[] = [];
  const refuse = refuseInto(problems, () => path);
  if (!isFields(item)) {
    refuse('wrong-type', '', item, 'a rule: an object');
    return { ok: false, problems };
  }
  const where = { value: item, path };
  const isEgress = at(where, 'IsEgress').value;
  if (typeof isEgress !== 'boolean') refuse('wrong-type', '.IsEgress', isEgress, 'true or false');
  const direction = isEgress === true ? 'egress' : 'ingress';
  const read = readRuleItem(where, textOf(at(where, 'SecurityGroupRuleId')), { direction });
  problems.push(...read.problems);
  const [rule] = read.rules;
  return rule === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, value: rule };
}
