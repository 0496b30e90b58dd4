/** The ids in permissions, and the texts that say what a valid id is. */

export const EXPECTED_GROUP_ID = 'the id of a security group, `sg-…`';
export const EXPECTED_PREFIX_LIST_ID = 'the id of a prefix list, `pl-…`';

export function isGroupId(text: string): boolean {
  return /^sg-[0-9a-zA-Z]+$/.test(text);
}

export function isPrefixListId(text: string): boolean {
  return /^pl-[0-9a-zA-Z]+$/.test(text);
}

/** `amazon-elb` owns the groups of load balancers outside a VPC. */
export function isAccountId(text: string): boolean {
  return /^(\d{12}|amazon-elb)$/.test(text);
}
