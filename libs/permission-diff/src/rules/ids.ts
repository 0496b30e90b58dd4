/** Checks the ids in permissions. The `EXPECTED_…` texts describe valid ids in error messages. */

export const EXPECTED_GROUP_ID = 'the id of a security group, `sg-…`';
export const EXPECTED_PREFIX_LIST_ID = 'the id of a prefix list, `pl-…`';

export function isPermissionGroupId(text: string): boolean {
  return /^sg-[0-9a-zA-Z]+$/.test(text);
}

export function isPermissionPrefixListId(text: string): boolean {
  return /^pl-[0-9a-zA-Z]+$/.test(text);
}

/** Accepts `amazon-elb`, too: the owner of security groups of load balancers outside a VPC. */
export function isPermissionUserId(text: string): boolean {
  return /^(\d{12}|amazon-elb)$/.test(text);
}
