import { z } from 'zod';
import { parseLocatedYaml, type LocatedYaml, type Place } from './located-yaml.js';

const quoted = (values: readonly (string | number)[]): string =>
  values.map((value) => `\`${String(value)}\``).join(', ');

const text = (pattern: RegExp, expected: string): z.ZodString =>
  z.string({ error: expected }).regex(pattern, { error: expected });

const oneOf = <const T extends readonly string[]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> =>
  z.enum(values, { error: `one of ${quoted(values)}` });

const wholeNumber = (lowest: number, highest: number, expected: string): z.ZodNumber =>
  z.int({ error: expected }).min(lowest, { error: expected }).max(highest, { error: expected });

const mapping = <T extends z.ZodRawShape>(shape: T, optional = false): z.ZodObject<T, z.core.$strict> =>
  z.strictObject(shape, {
    error: ({ code }) => {
      const keys = `one of the keys ${quoted(Object.keys(shape))}`;
      return code === 'unrecognized_keys'
        ? keys
        : `a mapping with ${optional ? 'any of ' : ''}the keys ${quoted(Object.keys(shape))}`;
    },
  });

// The days CloudWatch Logs accepts. Source: CloudWatch Logs API reference, PutRetentionPolicy. "Never" is not offered.
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const retention = `a number of days CloudWatch Logs accepts: ${quoted(retentionDays)}`;

const bucketName = 'the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens';

// Terraform reads `${` and `%{` in any text as the start of an expression of its own.
const tagText = (lengths: string): z.ZodString =>
  text(
    new RegExp(`^(?!aws:)(?![^]*[$%]\\{)[^]{${lengths}}$`),
    `text of ${lengths.replace(',', ' to ')} characters, in quotes if it is a number, not starting with \`aws:\`, without \`\${\` and \`%{\``,
  );

const arn = (service: string, resource: string, expected: string): z.ZodString =>
  text(new RegExp(`^arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:${resource}$`), expected);

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
const severity = (usual: (typeof severities)[number]) => oneOf(severities).default(usual);

const schema = mapping({
  name: text(
    /^(?=.{1,28}$)[a-z](-?[a-z0-9])*$/,
    'at most 28 lower-case letters, digits and single hyphens, starting with a letter: S3 and IAM limit the names made with it',
  ).default('portcullis'),
  region: text(/^[a-z]{2}(-[a-z]+)+-[1-9]$/, 'the region of the guarded groups, such as `eu-west-1`'),
  accountId: text(/^\d{12}$/, 'the 12 digits of an AWS account, in quotes, such as `"111122223333"`').optional(),
  baseline: text(/./, 'the path of the baseline file, relative to this file'),
  mode: oneOf(['declared', 'report']).default('declared'),
  recorder: oneOf(['create', 'existing']).default('create'),
  trail: oneOf(['create', 'existing']).default('create'),
  runtime: text(/^nodejs(2\d|[3-9]\d)\.x$/, 'a Node.js runtime of AWS Lambda of at least `nodejs20.x`').default(
    'nodejs24.x',
  ),
  architecture: oneOf(['arm64', 'x86_64']).default('arm64'),
  memory: wholeNumber(128, 10_240, 'whole MB from 128 to 10240').default(256),
  reservedConcurrency: mapping(
    {
      remediator: wholeNumber(1, 1_000, 'a whole number of instances from 1 to 1000').optional(),
      detector: wholeNumber(1, 1_000, 'a whole number of instances from 1 to 1000').optional(),
    },
    true,
  ).default({}),
  permissionsBoundary: text(
    /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/.+$/,
    'the ARN of an IAM policy, such as `arn:aws:iam::111122223333:policy/boundary`',
  ).optional(),
  logRetentionDays: z
    .int({ error: retention })
    .refine((days) => retentionDays.includes(days), { error: retention })
    .default(90),
  recordRetentionDays: wholeNumber(1, 36_500, 'a whole number of days from 1 to 36500').default(365),
  reportRestored: oneOf(['COMPLIANT', 'NON_COMPLIANT']).default('COMPLIANT'),
  maxRevocations: wholeNumber(0, 100_000, 'a whole number of rules from 0 to 100000').optional(),
  schedule: oneOf(['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours']).optional(),
  wake: z.boolean({ error: '`true` or `false`' }).default(false),
  sinks: mapping(
    {
      sns: mapping({
        topicArn: arn('sns', '[A-Za-z0-9_.-]+', 'the ARN of an SNS topic, `arn:aws:sns:eu-west-1:111122223333:alarms`'),
        minimumSeverity: severity('medium'),
        kmsKeyArn: arn('kms', 'key/.+', 'the ARN of the KMS key that the topic is encrypted with').optional(),
      }).optional(),
      eventBus: mapping({
        arn: arn('events', 'event-bus/.+', 'the ARN of an EventBridge event bus'),
        minimumSeverity: severity('info'),
      }).optional(),
      securityHub: mapping({ minimumSeverity: severity('low') }, true).optional(),
    },
    true,
  ).default({}),
  alarms: mapping(
    {
      actions: z
        .array(arn('[a-z-]+', '.+', 'the ARN of an SNS topic, or of another action of CloudWatch'), {
          error: 'a list of ARNs',
        })
        .default([]),
      driftsPerHour: wholeNumber(1, 100_000, 'a whole number of drifts from 1 to 100000').default(20),
    },
    true,
  ).default({ actions: [], driftsPerHour: 20 }),
  tags: z.record(tagText('1,128'), tagText('0,256'), { error: 'a mapping of tag keys to values' }).default({}),
  state: mapping({
    bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, bucketName),
    region: text(/^[a-z]{2}(-[a-z]+)+-[1-9]$/, 'the region of the bucket, such as `eu-west-1`'),
    key: text(/^(?![^]*[$%]\{)[^]{1,1024}$/, 'the key of the state file in the bucket').optional(),
    locking: z.boolean({ error: '`true` or `false`' }).default(true),
  }).optional(),
  provider: mapping(
    {
      endpoint: text(
        /^https?:\/\/[\w.:[\]-]+$/,
        'the address of a stand-in for AWS, such as `http://127.0.0.1:5000`',
      ).optional(),
      version: text(/^\d+\.\d+\.\d+$/, 'a version of the AWS provider, such as `5.100.0`').optional(),
    },
    true,
  ).optional(),
});

/** What varies from one deployment to the next: one file, one region. `infra/portcullis.yaml` explains every key. */
export type Settings = Readonly<z.output<typeof schema>>;

/** One reason why a settings file cannot be used. */
export interface SettingsProblem {
  readonly code: 'syntax' | 'unknown-key' | 'missing-key' | 'bad-value';
  /** Which setting, e.g. `provider.version`; empty for the whole file. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** The offending text; `absent` for what is not there. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly value: Settings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Reads a settings file. A file that cannot be used is refused with all its problems, in the order they are written. */
export const readSettings = (fileText: string): SettingsResult => {
  const yaml = parseLocatedYaml(fileText);
  if (!yaml.ok) {
    const problems = yaml.faults.map((fault) => ({ ...fault, code: 'syntax' as const, path: '', expected: 'YAML' }));
    return { ok: false, problems };
  }
  const parsed = schema.safeParse(yaml.value.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, yaml.value));
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
};

const startOfFile: Place = { line: 1, column: 1, text: 'absent' };

const problemsOf = (issue: z.core.$ZodIssue, yaml: LocatedYaml): readonly SettingsProblem[] => {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...(yaml.keyAt(issue.path, key) ?? startOfFile),
      code: 'unknown-key',
      path: [...keys, key].join('.'),
      message: `\`${[...keys, key].join('.')}\` is no setting`,
      expected: issue.message,
    }));
  }
  const path = keys.join('.');
  const around = yaml.valueAt(issue.path.slice(0, -1)) ?? startOfFile;
  if (issue.code === 'invalid_key') {
    // A tag's key: what is wrong with it is said inside the issue.
    const place = yaml.keyAt(issue.path.slice(0, -1), keys.at(-1) ?? '') ?? around;
    const expected = issue.issues[0]?.message ?? issue.message;
    return [{ ...place, code: 'bad-value', path, message: `a key cannot be \`${place.text}\``, expected }];
  }
  const place = yaml.valueAt(issue.path) ?? (path === '' ? startOfFile : undefined);
  const expected = issue.message;
  if (place === undefined) {
    // Named where it should stand: at the mapping it is missing from.
    return [{ ...around, text: 'absent', code: 'missing-key', path, message: `\`${path}\` is missing`, expected }];
  }
  const subject = path === '' ? 'the file' : `\`${path}\``;
  return [{ ...place, code: 'bad-value', path, message: `${subject} cannot be \`${place.text}\``, expected }];
};
