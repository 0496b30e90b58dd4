/** Finds the permissions that EC2 would refuse, and the path of each problem in the baseline file. */
import { readRules, type ProblemCode } from '@portcullis/permission-diff';
import { quoted, yamlValueAt, type DataProblem, type Path } from '@portcullis/yaml-file';
import {
  baselineParts,
  ownerBoundLists,
  limitParts,
  baselineObjectEntries,
  baselinePartAt,
  baselinePermissionLists,
  baselineLimitBoundLists,
  baselinePermitPermissions,
  type PermissionList,
} from './file-parts.js';
import type { FileProblemCode } from './problem.js';
import { describeBaselineValueType, formatBaselineKey, correctYamlQuotes } from './message-words.js';

/** Returns every reason why EC2 would refuse a permission, even if the file has other problems. */
export function permissionProblems(data: unknown): DataProblem<FileProblemCode>[] {
  const ofBaselines = baselineParts(data).flatMap((baseline) => [
    ...baselinePermissionLists(baseline),
    ...baselineObjectEntries(baselinePartAt(baseline, 'ignore')).flatMap(ownerBoundLists),
  ]);
  const ofLimits = limitParts(data).flatMap((limit) => [...baselineLimitBoundLists(limit), ...baselinePermitPermissions(limit)]);
  return [...ofBaselines, ...ofLimits].flatMap(permissionListProblems);
}

function permissionListProblems(list: PermissionList): DataProblem<FileProblemCode>[] {
  const read = readRules(list.permissions, { direction: list.direction, path: '' });
  if (read.ok) return [];
  return read.problems.flatMap(({ code, path, expected }) => {
    const inList = parsePermissionPath(path);
    // The schema already reports unknown keys, and values that should be lists but are not.
    if (inList.length === 0 || code === 'unknown-key') return [];
    const value = yamlValueAt(list.permissions, inList);
    const inFile = list.pathOf(inList);
    const quotes = code === 'wrong-type' ? correctYamlQuotes(inFile, value) : undefined;
    return [{ code, path: inFile, message: permissionProblemMessage(code, inFile, value), expected: quotes ?? expected }];
  });
}

/**
 * Parses a path that `permission-diff` wrote: `[0].IpRanges[1].CidrIp`. The keys are EC2's field names, so no key contains a dot or a
 * bracket.
 */
function parsePermissionPath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) => key ?? Number(index));
}

function permissionProblemMessage(code: ProblemCode, path: Path, value: unknown): string {
  const name = formatBaselineKey(path);
  switch (code) {
    case 'wrong-type':
      return value === undefined ? `${name} is missing` : `${name} is ${describeBaselineValueType(value).words}`;
    case 'unknown-key':
      return `there is no key ${name} here`;
    case 'unknown-protocol':
      return `${quoted(value)} is not a protocol that EC2 knows`;
    case 'missing-port':
      return `${name} is missing`;
    case 'port-out-of-range':
      return `${quoted(value)} is not a port`;
    case 'port-order':
      return `${name} is below \`FromPort\``;
    case 'icmp-out-of-range':
      return `${quoted(value)} is neither an ICMP type nor code`;
    case 'icmp-code-without-type':
      return 'the permission has an ICMP code without a type';
    case 'no-source':
      return 'the permission has no source';
    case 'several-sources':
      return 'the rule has several sources';
    case 'no-configuration':
      // Only documents from AWS can have this problem, not baseline files.
      return `${name} was left out`;
    case 'not-a-cidr':
      return `${quoted(value)} is not a block of addresses`;
    case 'missing-prefix-length':
      return `${quoted(value)} has no prefix length`;
    case 'wrong-family':
      return `${quoted(value)} belongs to the other address family`;
    case 'not-an-id':
      return `${quoted(value)} is not an id`;
    case 'group-name-only':
      return `the group ${quoted(value)} is given by name`;
    case 'bad-description':
      return 'the description is invalid';
  }
}
