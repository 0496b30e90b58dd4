import { EXPECTED_GROUP_ID, isPermissionGroupId, isPermissionPrefixListId, EXPECTED_PREFIX_LIST_ID } from '../rules/ids.js';
import {
  isObject,
  permissionProblemText,
  permissionReadResult,
  permissionProblemCollector,
  type PermissionProblem,
  type ReadResult,
} from '../rules/problem.js';
import { readCidrBlock } from '../rules/read-source.js';
import type { Source } from '../rules/source.js';
import type { Addresses } from './access-region.js';

/** Reads the addresses that the caller gives: the IPv4 and IPv6 blocks of each group or prefix list, by id. Never throws. */
export function readAccessAddresses(value: unknown): ReadResult<Addresses> {
  const addresses = new Map<string, readonly Source[]>();
  const problems: PermissionProblem[] = [];
  let place = 'addresses';
  const refuse = permissionProblemCollector(problems, (field) => place + field);
  if (!isObject(value ?? {})) {
    refuse('wrong-type', '', value, 'an object with a list of blocks for each id of a group or prefix list');
  }
  for (const [id, list] of Object.entries(isObject(value) ? value : {})) {
    place = `addresses[${permissionProblemText(id)}]`;
    if (!isPermissionGroupId(id) && !isPermissionPrefixListId(id))
      refuse('not-an-id', '', id, `${EXPECTED_GROUP_ID}, or ${EXPECTED_PREFIX_LIST_ID}`);
    if (Array.isArray(list)) {
      // `Array.from` also visits the holes of a sparse array.
      const blocks = Array.from(list, (text: unknown, i) => readCidrBlock(refuse, `[${i}]`, text, 'any'));
      addresses.set(
        id,
        // Stryker disable next-line MethodExpression,ConditionalExpression: a refusal discards all addresses
        blocks.filter((block) => block !== null),
      );
    } else {
      refuse('wrong-type', '', list, 'a list of blocks');
    }
  }
  return permissionReadResult(addresses, problems);
}
