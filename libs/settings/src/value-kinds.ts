/** Builds the schemas of single values in a settings file. The `error` of each schema says which values are valid. */
import { quotedList } from '@portcullis/yaml-file';
import * as z from 'zod';

export function textSetting(pattern: RegExp, expected: string): z.ZodString {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

export function choiceSetting<const T extends readonly string[]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, { error: `one of ${quotedList(values)}` });
}

export function wholeNumberSetting(lowest: number, highest: number, expected: string): z.ZodNumber {
  return z.int({ error: expected }).min(lowest, { error: expected }).max(highest, { error: expected });
}

export const booleanSetting = z.boolean({ error: '`true` or `false`' });

export function settingsMapping<T extends z.ZodRawShape>(shape: T, optional = false): z.ZodObject<T, z.core.$strict> {
  const keys = quotedList(Object.keys(shape));
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `one of the keys ${keys}` : `a mapping with ${optional ? 'any of ' : ''}the keys ${keys}`,
  });
}

/** Accepts either the word or a valid list. Unlike a zod union, this schema reports each invalid item of the list as a separate problem. */
export function wordOrListSetting<const W extends string, T extends z.ZodType>(
  word: W,
  list: T,
): z.ZodType<W | z.output<T>, W | z.input<T>> {
  return z
    .custom<W | z.input<T>>(() => true)
    .transform((value, context): W | z.output<T> => {
      if (value === word) return word;
      const read = list.safeParse(value);
      if (read.success) return read.data;
      for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    });
}

// CloudWatch Logs accepts only these numbers of days. Source: CloudWatch Logs API reference, PutRetentionPolicy. CloudWatch Logs can also
// keep logs forever, but the settings do not offer this.
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
export const logRetentionSetting = z.literal(RETENTION_DAYS, {
  error: `a number of days that CloudWatch Logs accepts: ${quotedList(RETENTION_DAYS)}`,
});

// Every resource gets these tags, so a tag must contain only the characters that IAM allows. Other services allow more characters. Source:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
export function tagSetting(lengths: string): z.ZodString {
  return textSetting(
    new RegExp(`^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{${lengths}}$`, 'u'),
    `text of ${lengths.replace(',', ' to ')} letters, digits, spaces and \`_.:/=+-@\`, which IAM allows; in quotes if the text is a number; not starting with \`aws:\``,
  );
}

// The pattern excludes `${` and `%{`, which are the start of an expression in Terraform. No valid ARN contains these characters.
export function arnSetting(service: string, resource: string, expected: string): z.ZodString {
  return textSetting(new RegExp(`^(?!.*[$%]\\{)arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:${resource}$`), expected);
}

export const roleArnSetting = textSetting(
  /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  'the ARN of an IAM role, `arn:<partition>:iam::<account>:role/<path and name>`',
);

export const accountIdSetting = textSetting(/^\d{12}$/, 'the 12 digits of an AWS account, in quotes, such as `"111122223333"`');

export function regionSetting(what: string): z.ZodString {
  return textSetting(/^([a-z]{2}|eusc)(-[a-z]+)+-[1-9]$/, `${what}, such as \`eu-west-1\``);
}
