/** The finding as a schema: for those who read findings by machine. No function loads it. */
import type { AccessRange, IpPermission } from '@portcullis/permission-diff';
import * as z from 'zod';
import { OMITTABLE_PARTS, SEVERITIES } from './finding.js';

const text = (description: string): z.ZodString => z.string().describe(description);
const maybe = (description: string): z.ZodNullable<z.ZodString> => z.string().nullable().describe(description);
const list = <T extends z.ZodType>(items: T, description: string): z.ZodReadonly<z.ZodArray<T>> =>
  z.array(items).readonly().describe(description);

const described = { Description: text('What the rule is for.').optional() };

const ipPermission = z
  .strictObject({
    IpProtocol: text('`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all traffic.').optional(),
    FromPort: z.int().optional().describe('The first port, or the ICMP type.'),
    ToPort: z.int().optional().describe('The last port, or the ICMP code.'),
    IpRanges: z.array(z.strictObject({ CidrIp: text('An IPv4 block.').optional(), ...described })).optional(),
    Ipv6Ranges: z.array(z.strictObject({ CidrIpv6: text('An IPv6 block.').optional(), ...described })).optional(),
    PrefixListIds: z.array(z.strictObject({ PrefixListId: text('The id of a prefix list.').optional(), ...described })).optional(),
    UserIdGroupPairs: z
      .array(
        z.strictObject({
          GroupId: text('The id of a security group.').optional(),
          UserId: text('The account of the group.').optional(),
          ...described,
          GroupName: text('The name of the group.').optional(),
          VpcId: text('The VPC of the group.').optional(),
          VpcPeeringConnectionId: text('The peering connection to the VPC of the group.').optional(),
          PeeringStatus: text('Whether the peering is there.').optional(),
        }),
      )
      .optional(),
  })
  .describe('One permission, as EC2 takes it in --ip-permissions.') satisfies z.ZodType<IpPermission>;

const permissions = (description: string) => list(ipPermission, description);

const source = z
  .union([
    z.strictObject({ cidr: text('A block of addresses.') }),
    z.strictObject({ groupId: text('A security group.'), userId: text('Its account.').optional() }),
    z.strictObject({ prefixListId: text('A prefix list.') }),
  ])
  .describe('Who is let in.');

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
    z.strictObject({ protocol: text('A protocol, a run of protocol numbers, or `-1` for all traffic.'), source }),
  ])
  .describe('Traffic from one source.') satisfies z.ZodType<AccessRange>;

const groupRules = z
  .strictObject({
    ingress: permissions('Every ingress rule.'),
    egress: permissions('Every egress rule.'),
  })
  .describe('All rules of the group.');

/** One finding. It takes no key that it does not describe. */
export const findingSchema = z.strictObject({
  schemaVersion: z.literal(1).describe('The version of this format.'),
  id: text('`<event id>:<group id>`: the same when the same event is delivered again.').min(1),
  kind: z
    .enum(['drift', 'change', 'attempt', 'restoration', 'undetermined', 'tampering'])
    .describe(
      'drift: the group is not at its baseline. change: a call concerned the group, which is at its baseline. attempt: a call was refused. restoration: the group was brought back. undetermined: something could not be read. tampering: a call concerned the guard itself.',
    ),
  severity: z.enum(SEVERITIES).describe('How bad it is, by what became reachable.'),
  summary: text('One sentence for a person.').min(1),
  group: z
    .strictObject({
      id: maybe('The id of the security group.'),
      name: maybe('Its name.'),
      vpcId: maybe('Its VPC.'),
      accountId: maybe('Its account.'),
      region: maybe('Its region.'),
    })
    .describe('The group it is about; what is not known is null.'),
  baseline: maybe('The name of the baseline that guards the group.'),
  atBaseline: z.boolean().nullable().describe('Whether the rules are those of the baseline now; null where that is not known.'),
  authorize: permissions('Ingress to be authorized, or, of a restoration after which the group is at its baseline, that was authorized.'),
  revoke: permissions('Ingress to be revoked, or, of such a restoration, that was revoked.'),
  egress: z
    .strictObject({
      authorize: permissions('Egress to be authorized.'),
      revoke: permissions('Egress to be revoked.'),
    })
    .optional()
    .describe('The same for egress, where there is any.'),
  rules: z
    .strictObject({ before: groupRules, after: groupRules })
    .optional()
    .describe('All rules before and after what the remediator did: the record to undo it by.'),
  access: z
    .strictObject({
      gained: list(accessRange, 'Let in and not declared.'),
      lost: list(accessRange, 'Declared and not let in.'),
    })
    .describe('The difference in ingress as exact, disjoint ranges.'),
  actor: z
    .strictObject({
      type: maybe("CloudTrail's type of the identity."),
      arn: maybe('The ARN of the identity; of a role it is that of the session.'),
      issuerArn: maybe('The ARN, with its path, of the role or user whose session it was.'),
      accountId: maybe('The account of the identity.'),
      principalId: maybe('What names the identity where it has no ARN.'),
      onBehalfOf: maybe('The IAM Identity Center user that the call was made for.'),
      userName: maybe('The name of the user or role.'),
      sessionName: maybe('The name of the session: whoever began it chose it.'),
      sourceIdentity: maybe('The source identity of the session.'),
      sourceIp: maybe('The address the call came from, or the name of a service.'),
      userAgent: maybe('What the client says it is: the caller chose it.'),
      invokedBy: maybe('The service that made the call for the actor.'),
      mfa: z.boolean().describe('The session was begun with MFA.'),
      console: z.boolean().nullable().describe('Whether the session was begun in the AWS console; null where the record does not say.'),
    })
    .nullable()
    .describe('Who made the call; null where the source does not tell.'),
  event: z
    .strictObject({
      source: z.enum(['cloudtrail', 'config']).describe('Who reported the change.'),
      id: maybe('The id of the event.'),
      name: maybe('The name of the call, or of the message of AWS Config.'),
      time: maybe('When it happened: ISO 8601, UTC.'),
      errorCode: maybe('Why the call was refused.'),
      sharedId: text('Equal in the findings of all accounts that recorded this one call.').optional(),
    })
    .describe('What led to the finding.'),
  outlook: text('What is going to restore the group, or that nothing is.').optional(),
  wake: z
    .strictObject({
      outcome: z
        .enum(['sent', 'joined', 'withheld', 'failed'])
        .describe(
          'joined: an earlier request, not yet due, covers it. withheld: restored again and again, and so left to the pace of AWS Config.',
        ),
      otherOwner: maybe('The ARN of who changes back what is restored.'),
    })
    .optional()
    .describe('What came of asking the remediator to restore the group at once.'),
  omitted: list(z.enum(OMITTABLE_PARTS), 'What was left out, since the finding was too large.').optional(),
  basis: z.enum(['live', 'event']).describe('Judged by the live rules, or by the event alone.'),
});

/** Returns the JSON Schema (draft 7) of a finding. */
export function findingJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(findingSchema, { target: 'draft-7' });
  return {
    $schema,
    $id: 'urn:portcullis:finding:1',
    title: 'Portcullis finding',
    description: 'One thing reported about a guarded security group.',
    ...schema,
  };
}
