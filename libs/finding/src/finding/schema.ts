/**
 * The format of a finding. The types and `finding.schema.json` are generated from this schema. The deployed functions do not load this
 * module.
 */
import type { AccessRange, IpPermission } from '@portcullis/permission-diff';
import * as z from 'zod';
import { OMITTABLE_KEYS, SEVERITIES } from './finding.js';

function describedText(description: string): z.ZodString {
  return z.string().describe(description);
}

function nullableText(description: string): z.ZodNullable<z.ZodString> {
  return z.string().nullable().describe(description);
}

function describedList<T extends z.ZodType>(items: T, description: string): z.ZodReadonly<z.ZodArray<T>> {
  return z.array(items).readonly().describe(description);
}

const described = { Description: describedText('What the rule is for.').optional() };

const ipPermission = z
  .strictObject({
    IpProtocol: describedText('`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all traffic.').optional(),
    FromPort: z.int().optional().describe('The first port, or the ICMP type.'),
    ToPort: z.int().optional().describe('The last port, or the ICMP code.'),
    IpRanges: z.array(z.strictObject({ CidrIp: describedText('An IPv4 block.').optional(), ...described })).optional(),
    Ipv6Ranges: z.array(z.strictObject({ CidrIpv6: describedText('An IPv6 block.').optional(), ...described })).optional(),
    PrefixListIds: z.array(z.strictObject({ PrefixListId: describedText('The id of a prefix list.').optional(), ...described })).optional(),
    UserIdGroupPairs: z
      .array(
        z.strictObject({
          GroupId: describedText('The id of a security group.').optional(),
          UserId: describedText('The account of the group.').optional(),
          ...described,
          GroupName: describedText('The name of the group.').optional(),
          VpcId: describedText('The VPC of the group.').optional(),
          VpcPeeringConnectionId: describedText('The peering connection to the VPC of the group.').optional(),
          PeeringStatus: describedText('The status of the peering connection.').optional(),
        }),
      )
      .optional(),
  })
  .describe('One permission, as EC2 takes it in --ip-permissions.') satisfies z.ZodType<IpPermission>;

const source = z
  .union([
    z.strictObject({ cidr: describedText('A block of addresses.') }),
    z.strictObject({ groupId: describedText('A security group.'), userId: describedText('Its account.').optional() }),
    z.strictObject({ prefixListId: describedText('A prefix list.') }),
  ])
  .describe('Who may send.');

const port = z.int().min(0).max(65_535);
const octet = z.int().min(0).max(255);
const accessRange = z
  .union([
    z.strictObject({
      protocol: z.enum(['tcp', 'udp']),
      fromPort: port.describe('The first port.'),
      toPort: port.describe('The last port.'),
      source,
    }),
    z.strictObject({
      protocol: z.enum(['icmp', 'icmpv6']),
      fromType: octet.describe('The first type.'),
      toType: octet.describe('The last type.'),
      fromCode: octet.describe('The first code.'),
      toCode: octet.describe('The last code.'),
      source,
    }),
    z.strictObject({ protocol: describedText('A protocol, a range of protocol numbers, or `-1` for all traffic.'), source }),
  ])
  .describe('Traffic from one source.') satisfies z.ZodType<AccessRange>;

const groupRules = z
  .strictObject({
    ingress: describedList(ipPermission, 'Every ingress rule.'),
    egress: describedList(ipPermission, 'Every egress rule.'),
  })
  .describe('All rules of the group.');

/** One finding. Unknown keys are refused. */
export const findingSchema = z.strictObject({
  schemaVersion: z.literal(1).describe('The version of this format.'),
  id: describedText('`<event id>:<group id>`: the same when the same event is delivered again.').min(1),
  kind: z
    .enum(['drift', 'change', 'attempt', 'restoration', 'undetermined', 'tampering'])
    .describe(
      [
        'drift: the group is not at its baseline, or not within its limits.',
        'change: a call concerned the group, and the group is at its baseline and within its limits.',
        'attempt: a call was refused.',
        'restoration: the group was brought back to its baseline, or within its limits.',
        'undetermined: something could not be read, so the state of the group is unknown.',
        'tampering: a call concerned the guard itself: its recorder, trail, rules, functions, roles, logs or alarms.',
      ].join(' '),
    ),
  severity: z.enum(SEVERITIES).describe('How severe it is, by what became reachable.'),
  summary: describedText('One sentence for a person, without a full stop.').min(1),
  group: z
    .strictObject({
      id: nullableText('The id of the security group.'),
      name: nullableText('Its name.'),
      vpcId: nullableText('Its VPC.'),
      accountId: nullableText('Its account.'),
      region: nullableText('Its region.'),
      tags: z
        .record(z.string(), z.string())
        .optional()
        .describe('Its tags that name an owner: Owner, Team, Contact, Application, Service, in any case. Absent if it has none.'),
    })
    .describe('The security group. Unknown fields are null.'),
  baseline: nullableText('The name of the baseline that guards the group. Null if only limits apply to the group.'),
  limits: describedList(
    z.string(),
    'The names of the limits that the group breaks, or broke before it was restored. Absent if there are none.',
  ).optional(),
  atBaseline: z
    .boolean()
    .nullable()
    .describe('Whether the rules are those of the baseline, if there is one, and within the limits now; null if unknown.'),
  authorize: describedList(
    ipPermission,
    'Ingress to authorize. If kind is restoration and atBaseline is true: ingress that Portcullis authorized.',
  ),
  revoke: describedList(ipPermission, 'Ingress to revoke. If kind is restoration and atBaseline is true: ingress that Portcullis revoked.'),
  egress: z
    .strictObject({
      authorize: describedList(ipPermission, 'Egress to authorize.'),
      revoke: describedList(ipPermission, 'Egress to revoke.'),
    })
    .optional()
    .describe('The same for egress. Absent if egress does not differ.'),
  rules: z
    .strictObject({ before: groupRules, after: groupRules })
    .optional()
    .describe('All rules before and after the remediator changed them. Use them to undo the change.'),
  access: z
    .strictObject({
      gained: describedList(accessRange, 'Traffic that is allowed but not declared.'),
      lost: describedList(accessRange, 'Traffic that is declared but not allowed.'),
    })
    .describe('The difference in ingress as exact, disjoint ranges.'),
  exposure: z
    .strictObject({
      services: describedList(
        z.string(),
        'What the drift opens to the internet: names such as `SSH`, or traffic such as `tcp/8001`. At most five.',
      ),
      moreServices: z.int().describe('How many further services there are.'),
      declared: describedList(z.string(), 'The declared sources of the service, if there is one service. At most five.'),
      attached: z
        .strictObject({
          interfaces: z.int().describe('How many network interfaces are in the group. At most one page of them is counted.'),
          withPublicAddress: z.int().describe('How many of them have a public address.'),
          users: describedList(
            z.strictObject({
              kind: z.enum(['instance', 'load-balancer', 'function', 'database', 'other']).describe('What uses the interface.'),
              id: nullableText('The id of the instance, or the name that EC2 shows for anything else.'),
              name: nullableText('The Name tag of the instance. Anybody who may tag the instance chooses it.'),
              publicAddresses: describedList(z.string(), 'Its public addresses. At most five.'),
            }),
            'Those with public addresses first. At most five.',
          ),
          moreUsers: z.int().describe('How many further users there are.'),
        })
        .optional()
        .describe('What is in the group. Absent if that is unknown.'),
    })
    .optional()
    .describe('What a drift opens to the internet, and on what. Absent if it opens nothing.'),
  controls: describedList(
    z.strictObject({
      standard: describedText(
        'The standard, such as `CIS AWS Foundations Benchmark v5.0.0`. `AWS Security Hub` has its own ids of controls.',
      ),
      id: describedText('The control of the standard, such as `5.3` or `EC2.13`.'),
    }),
    'The controls of security standards that the drift breaks, or broke before the group was restored. Absent if there are none.',
  ).optional(),
  fix: z
    .strictObject({
      commands: describedList(
        z.string(),
        'AWS CLI commands for a POSIX shell. Empty if they are too long: `authorize` and `revoke` have the rules.',
      ),
      console: describedText('The group in the AWS console.'),
    })
    .optional()
    .describe('How a person brings the group back to its baseline and within its limits.'),
  actor: z
    .strictObject({
      type: nullableText("CloudTrail's type of the identity."),
      arn: nullableText('The ARN of the identity. For a role, this is the ARN of the session.'),
      issuerArn: nullableText('The ARN, with its path, of the role or user that issued the session.'),
      accountId: nullableText('The account of the identity. It may differ from the account of the group.'),
      principalId: nullableText('The unique id of the identity. It identifies callers that have no ARN.'),
      onBehalfOf: nullableText('The IAM Identity Center user that the call was made for.'),
      userName: nullableText('The name of the user or role.'),
      sessionName: nullableText('The name of the session. The caller who started the session chose it.'),
      sourceIdentity: nullableText('The source identity of the session. Roles assumed later in the session keep it.'),
      sourceIp: nullableText('The address the call came from, or the name of an AWS service.'),
      userAgent: nullableText('The name of the client. The caller chose it.'),
      invokedBy: nullableText('The AWS service that made the call for the identity.'),
      mfa: z.boolean().describe('Whether the session was started with MFA.'),
      console: z.boolean().nullable().describe('Whether the session was started in the AWS console; null if the record does not say.'),
    })
    .nullable()
    .describe('Who made the call. Null if the source does not say: AWS Config never does.'),
  event: z
    .strictObject({
      source: z.enum(['cloudtrail', 'config']).describe('The service that reported the change.'),
      id: nullableText('The id of the event.'),
      name: nullableText('The name of the API call, or the message type of AWS Config.'),
      time: nullableText('The time of the event: ISO 8601, UTC.'),
      errorCode: nullableText('The error code of the call.'),
      sharedId: describedText('The id that this one call has in the records of several accounts.').optional(),
    })
    .describe('The event behind the finding.'),
  outlook: describedText('What will restore the group, or that nothing will.').optional(),
  approval: z
    .strictObject({
      until: describedText('When the group is restored without an approval: ISO 8601, UTC.'),
      command: describedText('The command that approves the restoration, for a POSIX shell.'),
      functionName: describedText(
        'The name of the Lambda function to invoke with `request`, in the region of the group and the account of the deployment.',
      ),
      request: z.record(z.string(), z.unknown()).describe('The payload that restores the group at once.'),
    })
    .optional()
    .describe('The drift waits for an approval. Absent if it does not.'),
  wake: z
    .strictObject({
      outcome: z
        .enum(['sent', 'joined', 'withheld', 'failed'])
        .describe(
          'joined: an earlier request that is still pending covers it. withheld: the group was restored again and again, so it is left to AWS Config. Severity high and critical are never withheld.',
        ),
      otherOwner: nullableText('The ARN of the caller who keeps undoing the restoration, if that delays or withholds the request.'),
    })
    .optional()
    .describe('The result of asking the remediator to restore the group at once.'),
  omitted: describedList(
    z.enum(OMITTABLE_KEYS),
    'The keys that were emptied because the finding was too large. The log has all of them.',
  ).optional(),
  basis: z.enum(['live', 'event']).describe('live: judged by the rules in EC2. event: judged by the event alone.'),
});

/** Returns the JSON Schema (draft 7) of a finding. */
export function findingJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(findingSchema, { target: 'draft-7' });
  return {
    $schema,
    $id: 'https://unpkg.com/@portcullis/finding@0/finding.schema.json',
    title: 'Portcullis finding',
    description: 'One thing reported about a guarded security group.',
    ...schema,
  };
}
