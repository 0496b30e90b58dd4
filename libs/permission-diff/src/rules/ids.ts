/** Recognizes the ids in permissions. Messages use `EXPECTED_…` to say what a valid id is. */

export const EXPECTED_GROUP_ID = 'the id of a security group, `sg-…`';
export const EXPECTED_PREFIX_LIST_ID = 'the id of a prefix list, `pl-…`';

export function isPermissionGroupId(text: string): boolean {
  return /^sg-[0-9a-zA-Z]+$/.test(text);
}

export function isPermissionPrefixListId(text: string): boolean {
  return /^pl-[0-9a-zA-Z]+$/.test(text);
}

/** `amazon-elb` is the owner of load balancers' groups outside a VPC. */
export function isPermissionUserId(text: string): boolean {
  return /^(\d{12}|amazon-elb)$/.test(text);
}
