/**
 * The format of a finding, from which the TypeScript types and `finding.schema.json` are generated. The deployed functions do not load this
 * module.
 */
import type { AccessRange, IpPermission } from '@portcullis/permission-diff';
import * as z from 'zod';
import { OMITTABLE_KEYS, SEVERITIES } from './finding.js';

function findingTextSchema(description: string): z.ZodString {
  return z.string().describe(description);
}

function findingTextOrNullSchema(description: string): z.ZodNullable<z.ZodString> {
  return z.string().nullable().describe(description);
}

function findingListSchema<T extends z.ZodType>(items: T, description: string): z.ZodReadonly<z.ZodArray<T>> {
  return z.array(items).readonly().describe(description);
}

const described = { Description: findingTextSchema('The description of the rule.').optional() };

const ipPermission = z
  .strictObject({
    IpProtocol: findingTextSchema('`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all traffic.').optional(),
    FromPort: z.int().optional().describe('The first port. For ICMP, the type.'),
    ToPort: z.int().optional().describe('The last port. For ICMP, the code.'),
    IpRanges: z.array(z.strictObject({ CidrIp: findingTextSchema('An IPv4 CIDR block.').optional(), ...described })).optional(),
    Ipv6Ranges: z.array(z.strictObject({ CidrIpv6: findingTextSchema('An IPv6 CIDR block.').optional(), ...described })).optional(),
    PrefixListIds: z
      .array(z.strictObject({ PrefixListId: findingTextSchema('The id of a prefix list.').optional(), ...described }))
      .optional(),
    UserIdGroupPairs: z
      .array(
        z.strictObject({
          GroupId: findingTextSchema('The id of a security group.').optional(),
          UserId: findingTextSchema('The account of the group.').optional(),
          ...described,
          GroupName: findingTextSchema('The name of the group.').optional(),
          VpcId: findingTextSchema('The VPC of the group.').optional(),
          VpcPeeringConnectionId: findingTextSchema('The peering connection to the VPC of the group.').optional(),
          PeeringStatus: findingTextSchema('The status of the peering connection.').optional(),
        }),
      )
      .optional(),
  })
  .describe(
    "One permission in the form of EC2's `IpPermission`, as in the AWS CLI option --ip-permissions.",
  ) satisfies z.ZodType<IpPermission>;

const source = z
  .union([
    z.strictObject({ cidr: findingTextSchema('A CIDR block.') }),
    z.strictObject({
      groupId: findingTextSchema('The id of a security group.'),
      userId: findingTextSchema('The account of the security group.').optional(),
    }),
    z.strictObject({ prefixListId: findingTextSchema('The id of a prefix list.') }),
  ])
  .describe('The source of the traffic.');

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
    z.strictObject({ protocol: findingTextSchema('A protocol, a range of protocol numbers, or `-1` for all traffic.'), source }),
  ])
  .describe('Traffic from one source.') satisfies z.ZodType<AccessRange>;

const groupRules = z
  .strictObject({
    ingress: findingListSchema(ipPermission, 'Every ingress rule.'),
    egress: findingListSchema(ipPermission, 'Every egress rule.'),
  })
  .describe('All rules of the group.');

/** One finding. The schema refuses unknown keys. */
export const findingSchema = z.strictObject({
  schemaVersion: z.literal(1).describe('The version of this format.'),
  id: findingTextSchema('`<event id>:<group id>`. If AWS delivers an event twice, both findings have the same id.').min(1),
  kind: z
    .enum(['drift', 'change', 'attempt', 'restoration', 'undetermined', 'tampering'])
    .describe(
      [
        'drift: the rules of the group differ from its baseline or break a limit.',
        'change: a call concerned the group, but the rules match the baseline and the limits.',
        'attempt: AWS refused a call, or the call was a dry run.',
        'restoration: a drift has ended, or a call by the remediator has reduced the drift.',
        'undetermined: Portcullis could not read a record or a group, so nobody knows whether the rules match the baseline and the limits.',
        'tampering: a call concerned a part of Portcullis itself, such as its recorder, trail, functions, roles, logs or alarms.',
      ].join(' '),
    ),
  severity: z.enum(SEVERITIES).describe('The severity of the access that became reachable.'),
  summary: findingTextSchema('One sentence for people, without a full stop.').min(1),
  group: z
    .strictObject({
      id: findingTextOrNullSchema('The id of the security group.'),
      name: findingTextOrNullSchema('The name of the security group.'),
      vpcId: findingTextOrNullSchema('The VPC of the security group.'),
      accountId: findingTextOrNullSchema('The account of the security group.'),
      region: findingTextOrNullSchema('The AWS region of the security group.'),
      tags: z
        .record(z.string(), z.string())
        .optional()
        .describe(
          'The tags that name an owner: tags with the key Owner, Team, Contact, Application or Service, in upper or lower case. Absent if the security group has no such tag.',
        ),
    })
    .describe('The security group that the finding is about. Unknown fields are null.'),
  baseline: findingTextOrNullSchema('The name of the baseline that selects the group. Null if no baseline selects the group.'),
  limits: findingListSchema(
    z.string(),
    'The names of the limits that the group breaks, or that the group broke before the restoration. Absent if the group broke no limit.',
  ).optional(),
  atBaseline: z
    .boolean()
    .nullable()
    .describe(
      'Whether the rules of the group now match the baseline and break no limit. Without a baseline, only the limits matter. Null if unknown.',
    ),
  authorize: findingListSchema(
    ipPermission,
    'Ingress rules to authorize. If kind is restoration and atBaseline is true, the ingress rules that Portcullis authorized.',
  ),
  revoke: findingListSchema(
    ipPermission,
    'Ingress rules to revoke. If kind is restoration and atBaseline is true, the ingress rules that Portcullis revoked.',
  ),
  egress: z
    .strictObject({
      authorize: findingListSchema(
        ipPermission,
        'Egress rules to authorize. If kind is restoration and atBaseline is true, the egress rules that Portcullis authorized.',
      ),
      revoke: findingListSchema(
        ipPermission,
        'Egress rules to revoke. If kind is restoration and atBaseline is true, the egress rules that Portcullis revoked.',
      ),
    })
    .optional()
    .describe('The egress rules to authorize and to revoke. Absent if both lists would be empty.'),
  rules: z
    .strictObject({ before: groupRules, after: groupRules })
    .optional()
    .describe('All rules of the group before and after a change by the remediator. Use these rules to undo the change.'),
  access: z
    .strictObject({
      gained: findingListSchema(accessRange, 'Ingress traffic that the group allows and the baseline does not declare.'),
      lost: findingListSchema(accessRange, 'Ingress traffic that the baseline declares and the group does not allow.'),
    })
    .describe('The difference between the allowed and the declared ingress traffic, as exact ranges that do not overlap.'),
  exposure: z
    .strictObject({
      services: findingListSchema(
        z.string(),
        'The services that the drift opens to the internet, but at most five. A service is a name such as `SSH`, or traffic such as `tcp/8001`.',
      ),
      moreServices: z.int().describe('How many services the drift opens to the internet in addition to the listed services.'),
      declared: findingListSchema(
        z.string(),
        'At most five sources from which the baseline allows the opened service. Empty if the drift opens several services.',
      ),
      attached: z
        .strictObject({
          interfaces: z.int().describe("How many network interfaces are in the group, counted only on the first page of EC2's response."),
          withPublicAddress: z.int().describe('How many of these network interfaces have a public address.'),
          users: findingListSchema(
            z.strictObject({
              kind: z
                .enum(['instance', 'load-balancer', 'function', 'database', 'other'])
                .describe('The kind of resource that uses the network interface.'),
              id: findingTextOrNullSchema('The id of the instance, or the name that EC2 shows for another kind of resource.'),
              name: findingTextOrNullSchema('The tag `Name` of the instance. Anybody who can tag the instance can choose this name.'),
              publicAddresses: findingListSchema(z.string(), 'At most five public addresses of the resource.'),
            }),
            'At most five resources whose network interfaces are in the group. Resources with public addresses come first.',
          ),
          moreUsers: z.int().describe('How many resources have network interfaces in the group in addition to the listed resources.'),
        })
        .optional()
        .describe('The network interfaces in the group, and the resources that use these interfaces. Absent if unknown.'),
    })
    .optional()
    .describe(
      'The services that the drift opens to the internet, and the affected resources. Absent if the drift opens nothing to the internet.',
    ),
  controls: findingListSchema(
    z.strictObject({
      standard: findingTextSchema(
        "The standard, such as `CIS AWS Foundations Benchmark v5.0.0`. For `AWS Security Hub`, `id` is one of Security Hub's own control ids.",
      ),
      id: findingTextSchema('The id of the control in the standard, such as `5.3` or `EC2.13`.'),
    }),
    'The controls of security standards that the drift breaks, or that the drift broke before the restoration. Absent if the drift broke no control.',
  ).optional(),
  fix: z
    .strictObject({
      commands: findingListSchema(
        z.string(),
        'AWS CLI commands for a POSIX shell that end the drift. If the commands would be too long, the list is empty, and `authorize`, `revoke` and `egress` contain the rules.',
      ),
      console: findingTextSchema('The URL of the group in the AWS console.'),
    })
    .optional()
    .describe('How a person can end the drift.'),
  actor: z
    .strictObject({
      type: findingTextOrNullSchema('The type of the identity, as CloudTrail records it.'),
      arn: findingTextOrNullSchema('The ARN of the identity. For an assumed role, this is the ARN of the session.'),
      issuerArn: findingTextOrNullSchema('The ARN, including its path, of the role or user that issued the session.'),
      accountId: findingTextOrNullSchema('The account of the identity, which can differ from the account of the group.'),
      principalId: findingTextOrNullSchema('The unique id of the identity. If the identity has no ARN, this id identifies the caller.'),
      onBehalfOf: findingTextOrNullSchema('The id of the IAM Identity Center user on whose behalf the call was made.'),
      userName: findingTextOrNullSchema('The name of the user. For a session, the name of the role or user that issued the session.'),
      sessionName: findingTextOrNullSchema('The name of the session. The caller who started the session chose this name.'),
      sourceIdentity: findingTextOrNullSchema(
        'The source identity of the session. A caller who assumes another role keeps the same source identity.',
      ),
      sourceIp: findingTextOrNullSchema('The IP address from which the call came, or the name of the AWS service that made the call.'),
      userAgent: findingTextOrNullSchema('The user agent of the client. The caller chose this text.'),
      invokedBy: findingTextOrNullSchema('The AWS service that made the call on behalf of the identity.'),
      mfa: z.boolean().describe('Whether the session was started with MFA.'),
      console: z
        .boolean()
        .nullable()
        .describe('Whether the session was started in the AWS console. Null if the record does not contain this information.'),
    })
    .nullable()
    .describe('Who made the call. Null if unknown, and always null if the finding comes from AWS Config.'),
  event: z
    .strictObject({
      source: z.enum(['cloudtrail', 'config']).describe('The AWS service that reported the event.'),
      id: findingTextOrNullSchema('The id of the event.'),
      name: findingTextOrNullSchema('The name of the API call, or the message type of AWS Config.'),
      time: findingTextOrNullSchema('The time of the event: ISO 8601, UTC.'),
      errorCode: findingTextOrNullSchema('The error code of the call.'),
      sharedId: findingTextSchema(
        'The id that all records of this call have, if several accounts have a record. Absent if only one account has a record.',
      ).optional(),
    })
    .describe('The event that led to the finding.'),
  outlook: findingTextSchema('Says what will restore the group, or that nothing will restore the group.').optional(),
  approval: z
    .strictObject({
      until: findingTextSchema('The time at which the remediator restores the group even without an approval: ISO 8601, UTC.'),
      command: findingTextSchema('A command for a POSIX shell that approves the restoration.'),
      functionName: findingTextSchema(
        'The name of the Lambda function to invoke with `request`. The function is in the region of the group and in the account of the deployment.',
      ),
      request: z.record(z.string(), z.unknown()).describe('The payload with which the function restores the group immediately.'),
    })
    .optional()
    .describe('How to approve the restoration. Absent if the restoration does not wait for an approval.'),
  wake: z
    .strictObject({
      outcome: z
        .enum(['sent', 'joined', 'withheld', 'failed'])
        .describe(
          'sent: the detector sent the request. joined: the detector sent no request, because an earlier request for the group is still pending. withheld: the detector sent no request, because one caller has changed the group several times in a short time. AWS Config then triggers the restoration. The detector never withholds a request for a drift of severity high or critical. failed: the detector could not send the request.',
        ),
      otherOwner: findingTextOrNullSchema(
        'The ARN of a caller who has changed the group several times in a short time. The detector delays or withholds requests because of these changes.',
      ),
    })
    .optional()
    .describe('Whether the detector asked the remediator to restore the group immediately.'),
  omitted: findingListSchema(
    z.enum(OMITTABLE_KEYS),
    'The keys whose values Portcullis removed, because the finding was too large. The log contains these values.',
  ).optional(),
  basis: z
    .enum(['live', 'event'])
    .describe('live: Portcullis compared the rules in EC2. event: Portcullis could read only the rules in the event.'),
});

/** Returns the JSON Schema (draft 7) of a finding. */
export function findingJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(findingSchema, { target: 'draft-7' });
  return {
    $schema,
    $id: 'https://unpkg.com/@portcullis/finding@0/finding.schema.json',
    title: 'Portcullis finding',
    description: 'A report about a guarded security group, or about a call on Portcullis itself.',
    ...schema,
  };
}
