/**
 * Defines the keys of a settings file. A region can override `REGIONAL_KEYS`, but not `COMMON_KEYS`. `infra/portcullis.yaml` explains every
 * key.
 */
import * as z from 'zod';
import {
  accountIdSetting,
  arnSetting,
  logRetentionSetting,
  settingsMapping,
  choiceSetting,
  regionSetting,
  roleArnSetting,
  tagSetting,
  textSetting,
  wholeNumberSetting,
  wordOrListSetting,
  booleanSetting,
} from './value-kinds.js';

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
function minimumSeveritySetting(usual: (typeof SEVERITIES)[number]) {
  return choiceSetting(SEVERITIES).default(usual);
}
const instances = wholeNumberSetting(1, 1_000, 'a whole number of instances from 1 to 1000');

const UNITS = 'a list of ids of organizational units, or the id of the root';
// Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
const organizationalUnitSetting = textSetting(
  /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  'the id of an organizational unit, such as `ou-ab12-exampleid`, or of the root, such as `r-ab12`',
);

const topicArn = arnSetting('sns', '[A-Za-z0-9_.-]+', 'the ARN of an SNS topic, `arn:<partition>:sns:<region>:<account>:<name>`');

export const DEFAULT_RUNTIME = 'nodejs24.x';

export const REGIONAL_KEYS = {
  baseline: textSetting(/./, 'the path of the baseline file, relative to the settings file'),
  mode: choiceSetting(['declared', 'report']).default('declared'),
  recorder: choiceSetting(['create', 'existing']).default('create'),
  runtime: textSetting(/^nodejs(2\d|[3-9]\d)\.x$/, 'a Node.js runtime of AWS Lambda of at least `nodejs20.x`').default(DEFAULT_RUNTIME),
  architecture: choiceSetting(['arm64', 'x86_64']).default('arm64'),
  memory: wholeNumberSetting(128, 10_240, 'whole MB from 128 to 10240').default(256),
  reservedConcurrency: settingsMapping({ remediator: instances.optional(), detector: instances.optional() }, true).default({}),
  kmsKey: textSetting(
    /^(create|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
    '`create`, or the ARN of a KMS key, `arn:<partition>:kms:<region>:<account>:key/<id>`',
  ).optional(),
  logRetentionDays: logRetentionSetting.default(90),
  recordRetentionDays: wholeNumberSetting(1, 36_500, 'a whole number of days from 1 to 36500').default(365),
  reportRestored: choiceSetting(['COMPLIANT', 'NON_COMPLIANT']).default('COMPLIANT'),
  maxRevocations: wholeNumberSetting(0, 100_000, 'a whole number of rules from 0 to 100000').optional(),
  schedule: choiceSetting(['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours']).optional(),
  wake: booleanSetting.default(false),
  sinks: settingsMapping(
    {
      sns: settingsMapping({
        topicArn,
        minimumSeverity: minimumSeveritySetting('medium'),
        kmsKeyArn: arnSetting('kms', 'key/[\\w-]+', 'the ARN of the KMS key that the topic is encrypted with').optional(),
      }).optional(),
      eventBus: settingsMapping({
        arn: arnSetting('events', 'event-bus/[\\w./-]+', 'the ARN of an EventBridge event bus'),
        minimumSeverity: minimumSeveritySetting('info'),
        format: choiceSetting(['portcullis', 'ocsf', 'both']).default('portcullis'),
      }).optional(),
      securityHub: settingsMapping({ minimumSeverity: minimumSeveritySetting('low') }, true).optional(),
    },
    true,
  ).default({}),
  alarms: settingsMapping(
    {
      actions: z
        .array(arnSetting('[a-z-]+', '.+', 'the ARN of an SNS topic, or of another action of a CloudWatch alarm'), {
          error: 'a list of ARNs',
        })
        .default([]),
      driftsPerHour: wholeNumberSetting(1, 100_000, 'a whole number of drifts from 1 to 100000').default(20),
    },
    true,
  ).default({ actions: [], driftsPerHour: 20 }),
} as const;

/** The keys that have one value for the whole deployment. `readSettings` adds the key `regions`. */
export const COMMON_KEYS = {
  name: textSetting(
    /^(?=.{3,28}$)[a-z](-?[a-z0-9])*$/,
    '3 to 28 lower-case letters, digits and single hyphens, starting with a letter, because CloudTrail, S3 and IAM limit the names of resources',
  ).default('portcullis'),
  accountId: accountIdSetting.optional(),
  trail: choiceSetting(['create', 'existing']).default('create'),
  trailEvents: choiceSetting(['all', 'write']).default('all'),
  permissionsBoundary: textSetting(
    /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    'the ARN of an IAM policy, `arn:<partition>:iam::<account>:policy/<path and name>`',
  ).optional(),
  deployers: z.array(roleArnSetting, { error: 'a list of ARNs of IAM roles' }).default([]),
  organization: settingsMapping({
    id: textSetting(/^o-[a-z0-9]{10,32}$/, 'the id of the organization, such as `o-exampleorgid`'),
    members: wordOrListSetting('all', z.array(accountIdSetting, { error: '`all`, or a list of account ids' })).default([]),
    excludedAccounts: z.array(accountIdSetting, { error: 'a list of account ids' }).default([]),
    managementAccountId: accountIdSetting.optional(),
    deployRoleArn: textSetting(
      /^arn:[a-z-]+:iam::\{account\}:role\/[\w+=,.@/-]+$/,
      'the ARN of the role that Terraform assumes in each member account, with `{account}` in place of the account id',
    ).optional(),
    stackSet: settingsMapping({
      organizationalUnits: z.array(organizationalUnitSetting, { error: UNITS }).min(1, { error: UNITS }),
    }).optional(),
  }).optional(),
  tags: z.record(tagSetting('1,128'), tagSetting('0,256'), { error: 'a mapping of tag keys to values' }).default({}),
  state: settingsMapping({
    bucket: textSetting(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
    ),
    region: regionSetting('the region of the bucket'),
    key: textSetting(/^(?![^]*[$%]\{)[^]{1,1024}$/, 'the key of the state file in the bucket').optional(),
    locking: booleanSetting.default(true),
  }).optional(),
  provider: settingsMapping(
    {
      endpoint: textSetting(/^https?:\/\/[\w.:[\]-]+$/, 'the URL of a simulated AWS, such as `http://127.0.0.1:5000`').optional(),
      version: textSetting(/^\d+\.\d+\.\d+$/, 'a version of the AWS provider, such as `5.100.0`').optional(),
    },
    true,
  )
    // Provider versions before 5.100.0 can lack arguments that the stacks use. See docs/decisions/0004-the-bindings-and-the-provider.md.
    .refine(({ version = '' }) => !/^([0-4]|5\.\d\d?)\./.test(version), {
      path: ['version'],
      error: '`5.100.0` or later: an older version can lack an argument that the stacks use',
    })
    // With provider versions 6.22 to 6.39, Terraform would remove S3's block on SSE-C. If an endpoint is set, the stacks use a simulated
    // AWS, which has no such block.
    .refine(({ endpoint, version = '' }) => endpoint !== undefined || !/^6\.(2[2-9]|3\d)\./.test(version), {
      path: ['version'],
      error: '`6.40.0` or later: with 6.22 to 6.39, every Terraform plan unblocks SSE-C on the log buckets',
    })
    .optional(),
} as const;

export const guardedRegion = regionSetting('the region of the guarded groups');

/** The schema of the settings of one region. Parsing fills in every default. */
export const settingsSchema = settingsMapping({ ...COMMON_KEYS, ...REGIONAL_KEYS, region: guardedRegion });

export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** Settings as a person writes them: keys with a default are optional. */
export type SettingsInput = Readonly<z.input<typeof settingsSchema>>;
