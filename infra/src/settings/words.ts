/** Kinds of values in a settings file, each with the words for what would be right. */
import { z } from 'zod';

export const quoted = (values: readonly (string | number)[]): string => values.map((value) => `\`${String(value)}\``).join(', ');

export const text = (pattern: RegExp, expected: string): z.ZodString => z.string({ error: expected }).regex(pattern, { error: expected });

export const oneOf = <const T extends readonly string[]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> =>
  z.enum(values, { error: `one of ${quoted(values)}` });

export const wholeNumber = (lowest: number, highest: number, expected: string): z.ZodNumber =>
  z.int({ error: expected }).min(lowest, { error: expected }).max(highest, { error: expected });

export const yesOrNo = (): z.ZodBoolean => z.boolean({ error: '`true` or `false`' });

export const mapping = <T extends z.ZodRawShape>(shape: T, optional = false): z.ZodObject<T, z.core.$strict> =>
  z.strictObject(shape, {
    error: ({ code }) => {
      const keys = `one of the keys ${quoted(Object.keys(shape))}`;
      return code === 'unrecognized_keys' ? keys : `a mapping with ${optional ? 'any of ' : ''}the keys ${quoted(Object.keys(shape))}`;
    },
  });

// The days CloudWatch Logs accepts. Source: CloudWatch Logs API reference, PutRetentionPolicy. "Never" is not offered.
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const retention = `a number of days CloudWatch Logs accepts: ${quoted(retentionDays)}`;

export const logRetention = (): z.ZodType<number> =>
  z.int({ error: retention }).refine((days) => retentionDays.includes(days), { error: retention });

// The tags go on every resource, and IAM takes the fewest characters. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
export const tagText = (lengths: string): z.ZodString =>
  text(
    new RegExp(`^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{${lengths}}$`, 'u'),
    `text of ${lengths.replace(',', ' to ')} letters, digits, spaces and \`_.:/=+-@\`, which are what IAM takes, in quotes if it is a number, not starting with \`aws:\``,
  );

// Terraform takes `${` and `%{` for the start of an expression; no ARN of what is named here has either.
export const arn = (service: string, resource: string, expected: string): z.ZodString =>
  text(new RegExp(`^(?!.*[$%]\\{)arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:${resource}$`), expected);

export const roleArn = (): z.ZodString =>
  text(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of an IAM role, `arn:<partition>:iam::<account>:role/<path and name>`');

export const accountId = (): z.ZodString => text(/^\d{12}$/, 'the 12 digits of an AWS account, in quotes, such as `"111122223333"`');

export const region = (what: string): z.ZodString => text(/^([a-z]{2}|eusc)(-[a-z]+)+-[1-9]$/, `${what}, such as \`eu-west-1\``);

export const path = (what: string): z.ZodString => text(/./, `the path of ${what}, relative to this file`);
