/**
 * A zod schema of the OCSF attributes that Portcullis writes. The schema refuses every other attribute.
 *
 * Sources: https://schema.ocsf.io/1.8.0/classes/detection_finding and https://schema.ocsf.io/1.8.0/classes/compliance_finding. CI checks
 * the same events against the official schema: see `ocsf-official.spec.ts`.
 */
import * as z from 'zod';
import type { OcsfCheck, OcsfFinding } from '../formats/ocsf.js';

/** A text without control characters. A line break in a text that a caller chose could look like another line of output. */
const text = z
  .string()
  .min(1)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const texts = z.array(text).readonly();
/** Milliseconds since 1970. */
const time = z.int().min(0);

/** Returns two attributes: `id` is one of the numbers in `values`, and `name` is the caption of this number. */
function enumerated<const Id extends string, const Name extends string, const Values extends readonly [number, ...number[]]>(
  id: Id,
  name: Name,
  values: Values,
) {
  return { [id]: z.literal(values), [name]: text } as Record<Id, z.ZodLiteral<Values[number]>> & Record<Name, z.ZodString>;
}

const account = z.strictObject({ uid: text, ...enumerated('type_id', 'type', [10]) });

const user = z.strictObject({
  name: text.optional(),
  uid: text.optional(),
  account: account.optional(),
  ...enumerated('type_id', 'type', [99]),
});

const resource = z.strictObject({
  uid: text,
  type: text,
  name: text.optional(),
  cloud_partition: text.optional(),
  region: text.optional(),
  labels: texts.optional(),
  owner: z.strictObject({ name: text }).optional(),
});

const evidence = z.strictObject({
  actor: z
    .strictObject({
      app_name: text.optional(),
      user: user.optional(),
      session: z.strictObject({ uid: text, issuer: text.optional(), is_mfa: z.boolean() }).optional(),
    })
    .optional(),
  api: z.strictObject({ operation: text, response: z.strictObject({ error: text }).optional() }).optional(),
  src_endpoint: z.union([z.strictObject({ ip: text }), z.strictObject({ svc_name: text })]).optional(),
  data: z.record(z.string(), z.unknown()),
});

const analytic = z.strictObject({ name: text, ...enumerated('type_id', 'type', [1]) });

const common = {
  ...enumerated('activity_id', 'activity_name', [1, 3]),
  ...enumerated('category_uid', 'category_name', [2]),
  ...enumerated('severity_id', 'severity', [1, 2, 3, 4, 5]),
  ...enumerated('status_id', 'status', [1, 4]),
  time,
  message: text,
  cloud: z.strictObject({
    provider: z.literal('AWS'),
    account: account.optional(),
    region: text.optional(),
  }),
  metadata: z.strictObject({
    version: z.literal('1.8.0'),
    product: z.strictObject({ name: z.literal('Portcullis'), vendor_name: z.literal('Portcullis') }),
    profiles: z.tuple([z.literal('cloud')]).readonly(),
    uid: text.optional(),
    correlation_uid: text.optional(),
    labels: texts.optional(),
  }),
  finding_info: z.strictObject({
    uid: text,
    title: text,
    desc: text,
    types: texts,
    analytic: analytic.optional(),
    data_sources: texts.optional(),
    src_url: text.optional(),
  }),
  remediation: z.strictObject({ desc: text, references: texts.optional() }).optional(),
  resources: z.array(resource).readonly().optional(),
};

export const detectionFinding = z.strictObject({
  ...common,
  ...enumerated('class_uid', 'class_name', [2004]),
  ...enumerated('type_uid', 'type_name', [200401, 200403]),
  start_time: time.optional(),
  end_time: time.optional(),
  status_detail: text.optional(),
  evidences: z.array(evidence).readonly(),
}) satisfies z.ZodType<OcsfFinding>;

export const complianceFinding = z.strictObject({
  ...common,
  ...enumerated('class_uid', 'class_name', [2003]),
  ...enumerated('type_uid', 'type_name', [200301, 200303]),
  compliance: z.strictObject({
    control: text,
    ...enumerated('status_id', 'status', [1, 2, 3]),
    standards: texts,
    requirements: texts.optional(),
  }),
}) satisfies z.ZodType<OcsfCheck>;
