/** Defines which texts are valid in a baseline file, and how error messages describe a valid text. */

/** The name of a baseline, which appears in findings, annotations and metrics. */
export const BASELINE_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;

/**
 * The id of a security group. A group id has 17 hexadecimal digits, or 8 if the group was created before 2018.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 */
export const GROUP_ID = /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/;

export const PREFIX_LIST_ID = /^pl-([0-9a-f]{8}|[0-9a-f]{17})$/;

export const VPC_ID = /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * A pattern of group names may contain the characters that EC2 allows in a name. Here `*` stands for any text, although EC2 also allows a
 * literal `*` in a name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html GroupName
 */
export const NAME_PATTERN = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** This pattern accepts days that do not exist, such as February 30, which `isPermitEndDay` refuses. */
export const DATE_FORM = /^\d{4}-\d{2}-\d{2}$/;

export const REASON = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,256}$/;

/**
 * The text that an ignored rule's description begins with. The empty text is invalid, because every description begins with the empty text.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html Description
 */
export const DESCRIPTION_PREFIX = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html, tag restrictions.
export const TAG_KEY = /^[^\u0000-\u001f\u007f-\u009f]{1,128}$/;
export const TAG_VALUE = /^[^\u0000-\u001f\u007f-\u009f]{0,256}$/;

export const EXPECTED = {
  baselineName: 'a name of 1 to 64 letters, digits, `.`, `_`, `/` and `-` that begins with a letter or digit',
  groupId: 'the id of a security group: `sg-` and 8 or 17 lower-case hexadecimal digits',
  prefixListId: 'the id of a prefix list: `pl-` and 8 or 17 lower-case hexadecimal digits',
  vpcId: 'the id of a VPC: `vpc-` and 8 or 17 lower-case hexadecimal digits',
  namePattern: 'the name of a group, 1 to 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$`, with `*` for any text',
  tags: 'at least one tag, as `Key: value`',
  date: 'a day of the calendar as `YYYY-MM-DD`',
  reason: 'one line of at most 256 characters',
  descriptionPrefix: '1 to 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`',
  tagKey: 'the key of a tag, at most 128 characters',
  tagValue: 'the value of a tag, at most 256 characters',
} as const;

/** Reports whether the text is an existing day, written `YYYY-MM-DD`. */
export function isPermitEndDay(text: string): boolean {
  if (!DATE_FORM.test(text)) return false;
  // eslint-disable-next-line no-restricted-globals -- parses a given date, not the current time
  const midnight = new Date(`${text}T00:00:00Z`);
  // `Date` can read February 30 as March 2. The conversion back to text detects this mistake.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}
