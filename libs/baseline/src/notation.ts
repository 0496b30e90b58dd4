/** The texts a baseline is made of, each with the one pattern that both the file and the compiled form are held to. */

/** The name of a baseline: it appears in findings, annotations and metrics. */
export const BASELINE_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;

/**
 * The id of a security group. EC2 gives 17 digits; groups made before 2018 may have 8.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 */
export const GROUP_ID = /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** The id of a managed prefix list, of the same two lengths. */
export const PREFIX_LIST_ID = /^pl-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** The id of a VPC, of the same two lengths. */
export const VPC_ID = /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * What the name of a group may be made of, `*` for any text among it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html GroupName
 */
export const NAME_PATTERN = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** The form of a date; whether the calendar has that day is for `isCalendarDate`. */
export const DATE_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** A reason: one line of text. */
export const REASON = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,256}$/;

/**
 * The beginning of a rule's description. Never empty: every description begins with the empty text.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html Description
 */
export const DESCRIPTION_PREFIX = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html, tag restrictions.
export const TAG_KEY = /^[^\u0000-\u001f\u007f-\u009f]{1,128}$/;
export const TAG_VALUE = /^[^\u0000-\u001f\u007f-\u009f]{0,256}$/;

/** What each text would have to be, for a message. */
export const EXPECTED = {
  baselineName: 'a name of 1 to 64 letters, digits, `.`, `_`, `/` and `-` that begins with a letter or digit',
  groupId: 'the id of a security group: `sg-` and 8 or 17 lower-case hexadecimal digits',
  prefixListId: 'the id of a prefix list: `pl-` and 8 or 17 lower-case hexadecimal digits',
  vpcId: 'the id of a VPC: `vpc-` and 8 or 17 lower-case hexadecimal digits',
  namePattern: 'the name of a group, 1 to 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$`, with `*` for any text',
  tags: 'at least one tag, as `Key: value`',
  date: 'a day of the calendar as `YYYY-MM-DD`',
  reason: 'one line of at most 256 characters',
  descriptionPrefix: 'at least one and at most 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`',
  tagKey: 'the key of a tag, at most 128 characters',
  tagValue: 'the value of a tag, at most 256 characters',
} as const;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reports whether the text is a day of the Gregorian calendar, written `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  if (!DATE_FORM.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
