/** What EC2 would refuse in the permissions of a baseline file, told where it stands. */
import { readRules, type ProblemCode } from '@portcullis/permission-diff';
import { baselinesIn, permissionListsIn, type PermissionList } from './file-parts.js';
import { parsePath, valueAt, type Path } from './path.js';
import type { DataProblem } from './problem.js';
import { quoted } from './quoted.js';
import { kindOf, nameOf, requoted } from './words.js';

/** Returns everything in the permissions that EC2 would refuse, whatever else is wrong with the file. */
export function permissionProblems(data: unknown): DataProblem[] {
  return baselinesIn(data).flatMap(permissionListsIn).flatMap(problemsOf);
}

function problemsOf(list: PermissionList): DataProblem[] {
  const read = readRules(list.permissions, { direction: list.direction, path: '' });
  if (read.ok) return [];
  return read.problems.flatMap(({ code, path, expected }) => {
    const inList = parsePath(path);
    // The schema says the same of what is no list, and more of keys: it knows every one that there is.
    if (inList.length === 0 || code === 'unknown-key') return [];
    const value = valueAt(list.permissions, inList);
    const inFile = list.pathOf(inList);
    return [
      {
        code,
        path: inFile,
        message: messageOf(code, inFile, value),
        expected: (code === 'wrong-type' ? requoted(inFile, value) : undefined) ?? expected,
      },
    ];
  });
}

function messageOf(code: ProblemCode, path: Path, value: unknown): string {
  const name = nameOf(path);
  switch (code) {
    case 'wrong-type':
      return value === undefined ? `${name} is missing` : `${name} is ${kindOf(value).words}`;
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
      return 'there is an ICMP code without a type';
    case 'no-source':
      return 'the permission has no source';
    case 'several-sources':
      return 'the rule has several sources';
    case 'no-configuration':
      // Only documents of AWS leave things out.
      return `${name} was left out`;
    case 'not-a-cidr':
      return `${quoted(value)} is not a block of addresses`;
    case 'missing-prefix-length':
      return `${quoted(value)} has no prefix length`;
    case 'wrong-family':
      return `${quoted(value)} is of the other address family`;
    case 'not-an-id':
      return `${quoted(value)} is not an id`;
    case 'group-name-only':
      return `the group ${quoted(value)} is given by name`;
    case 'bad-description':
      return 'the description is one that EC2 refuses';
  }
}
