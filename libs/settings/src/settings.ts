/**
 * The keys of a settings file: keys of the whole deployment, and keys that a region may override. `infra/portcullis.yaml` explains every
 * key.
 */
import * as z from 'zod';
import {
  accountId,
  arn,
  logRetention,
  mapping,
  oneOf,
  path,
  region,
  roleArn,
  tagText,
  text,
  wholeNumber,
  wordOr,
  yesOrNo,
} from './value-kinds.js';

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
function minimumSeverity(usual: (typeof SEVERITIES)[number]) {
  return oneOf(SEVERITIES).default(usual);
}
const instances = wholeNumber(1, 1_000, 'a whole number of instances from 1 to 1000');

const UNITS = 'a list of ids of organizational units, or the id of the root';
/** Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
function organizationalUnit() {
  return text(
    /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
    'the id of an organizational unit, such as `ou-ab12-exampleid`, or of the root, such as `r-ab12`',
  );
}

const topicArn = arn('sns', '[A-Za-z0-9_.-]+', 'the ARN of an SNS topic, `arn:<partition>:sns:<region>:<account>:<name>`');

export const DEFAULT_RUNTIME = 'nodejs24.x';

/** The keys that a region may override. */
export const REGIONAL_KEYS = {
  baseline: path('the baseline file'),
  mode: oneOf(['declared', 'report']).default('declared'),
  recorder: oneOf(['create', 'existing']).default('create'),
  runtime: text(/^nodejs(2\d|[3-9]\d)\.x$/, 'a Node.js runtime of AWS Lambda of at least `nodejs20.x`').default(DEFAULT_RUNTIME),
  architecture: oneOf(['arm64', 'x86_64']).default('arm64'),
  memory: wholeNumber(128, 10_240, 'whole MB from 128 to 10240').default(256),
  reservedConcurrency: mapping({ remediator: instances.optional(), detector: instances.optional() }, true).default({}),
  kmsKey: text(
    /^(create|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
    '`create`, or the ARN of a KMS key, `arn:<partition>:kms:<region>:<account>:key/<id>`',
  ).optional(),
  logRetentionDays: logRetention().default(90),
  recordRetentionDays: wholeNumber(1, 36_500, 'a whole number of days from 1 to 36500').default(365),
  reportRestored: oneOf(['COMPLIANT', 'NON_COMPLIANT']).default('COMPLIANT'),
  maxRevocations: wholeNumber(0, 100_000, 'a whole number of rules from 0 to 100000').optional(),
  schedule: oneOf(['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours']).optional(),
  wake: yesOrNo().default(false),
  sinks: mapping(
    {
      sns: mapping({
        topicArn,
        minimumSeverity: minimumSeverity('medium'),
        kmsKeyArn: arn('kms', 'key/[\\w-]+', 'the ARN of the KMS key that the topic is encrypted with').optional(),
      }).optional(),
      eventBus: mapping({
        arn: arn('events', 'event-bus/[\\w./-]+', 'the ARN of an EventBridge event bus'),
        minimumSeverity: minimumSeverity('info'),
        format: oneOf(['portcullis', 'ocsf', 'both']).default('portcullis'),
      }).optional(),
      securityHub: mapping({ minimumSeverity: minimumSeverity('low') }, true).optional(),
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
} as const;

/** The keys of the whole deployment, except `regions`. */
export const COMMON_KEYS = {
  name: text(
    /^(?=.{3,28}$)[a-z](-?[a-z0-9])*$/,
    '3 to 28 lower-case letters, digits and single hyphens, starting with a letter: CloudTrail, S3 and IAM limit the names made with it',
  ).default('portcullis'),
  accountId: accountId().optional(),
  trail: oneOf(['create', 'existing']).default('create'),
  trailEvents: oneOf(['all', 'write']).default('all'),
  permissionsBoundary: text(
    /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    'the ARN of an IAM policy, `arn:<partition>:iam::<account>:policy/<path and name>`',
  ).optional(),
  deployers: z.array(roleArn(), { error: 'a list of ARNs of IAM roles' }).default([]),
  organization: mapping({
    id: text(/^o-[a-z0-9]{10,32}$/, 'the id of the organization, such as `o-exampleorgid`'),
    members: wordOr('all', z.array(accountId(), { error: '`all`, or a list of account ids' })).default([]),
    excludedAccounts: z.array(accountId(), { error: 'a list of account ids' }).default([]),
    managementAccountId: accountId().optional(),
    deployRoleArn: text(
      /^arn:[a-z-]+:iam::\{account\}:role\/[\w+=,.@/-]+$/,
      'the ARN of the role to deploy with in each member account, `{account}` for the account',
    ).optional(),
    stackSet: mapping({ organizationalUnits: z.array(organizationalUnit(), { error: UNITS }).min(1, { error: UNITS }) }).optional(),
  }).optional(),
  tags: z.record(tagText('1,128'), tagText('0,256'), { error: 'a mapping of tag keys to values' }).default({}),
  state: mapping({
    bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens'),
    region: region('the region of the bucket'),
    key: text(/^(?![^]*[$%]\{)[^]{1,1024}$/, 'the key of the state file in the bucket').optional(),
    locking: yesOrNo().default(true),
  }).optional(),
  provider: mapping(
    {
      endpoint: text(/^https?:\/\/[\w.:[\]-]+$/, 'the address of a stand-in for AWS, such as `http://127.0.0.1:5000`').optional(),
      version: text(/^\d+\.\d+\.\d+$/, 'a version of the AWS provider, such as `5.100.0`').optional(),
    },
    true,
  )
    // The stacks may use any argument that 5.100.0 knows: docs/decisions/0004-the-bindings-and-the-provider.md.
    .refine(({ version = '' }) => !/^([0-4]|5\.\d\d?)\./.test(version), {
      path: ['version'],
      error: '`5.100.0` or later: older ones need not know every argument of the stacks',
    })
    // An endpoint means a simulated AWS, which does not block SSE-C.
    .refine(({ endpoint, version = '' }) => endpoint !== undefined || !/^6\.(2[2-9]|3\d)\./.test(version), {
      path: ['version'],
      error: '`6.40.0` or later: from 6.22 to 6.39 the provider plans on every run to lift the block on SSE-C of a bucket',
    })
    .optional(),
} as const;

export const guardedRegion = region('the region of the guarded groups');

/** The schema of a stack's settings: the settings of one region, with every default filled in. */
export const settingsSchema = mapping({ ...COMMON_KEYS, ...REGIONAL_KEYS, region: guardedRegion });

export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** Settings as a person writes them: keys with a default are optional. */
export type SettingsInput = Readonly<z.input<typeof settingsSchema>>;
