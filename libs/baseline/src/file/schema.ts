/**
 * The schema of the baseline file. `readFileStructure` checks files against this schema, and `baselineJsonSchema` exports the schema for
 * editors. The `error` of each check says which value is expected. The schema does not check whether EC2 would refuse a permission:
 * `permission-diff` does.
 */
import { SERVICE_NAMES } from '@portcullis/permission-diff/exposure';
import { quotedList } from '@portcullis/yaml-file';
import * as z from 'zod';
import {
  BASELINE_NAME,
  DATE_FORM,
  DESCRIPTION_PREFIX,
  EXPECTED,
  GROUP_ID,
  isPermitEndDay,
  NAME_PATTERN,
  PREFIX_LIST_ID,
  REASON,
  TAG_KEY,
  TAG_VALUE,
  VPC_ID,
} from '../compiled/notation.js';

function baselineTextSchema(form: RegExp, error: string) {
  return z.string({ error }).regex(form, { error });
}
function baselineListSchema<T extends z.ZodType>(each: T, error: string) {
  return z.array(each, { error });
}
function baselineMappingSchema<T extends z.ZodRawShape>(shape: T, error: string) {
  return z.strictObject(shape, { error });
}

function nonEmptyBaselineSchema<T extends z.ZodType<object>>(schema: T, error: string) {
  return schema.refine((value) => Object.keys(value).length > 0, { error });
}

const description = z
  .string({ error: 'text' })
  .optional()
  .describe('Portcullis sends the description when it authorizes the rule, and never compares descriptions.');

const PORT = 'a whole number of -1 to 65535';
function portSchema() {
  return z.int({ error: PORT }).min(-1, { error: PORT }).max(65535, { error: PORT });
}

const traffic = {
  IpProtocol: z
    .string({ error: 'a protocol as text' })
    .describe('`tcp`, `udp`, `icmp`, `icmpv6`, the number of another protocol in quotes, or `"-1"` for all traffic.'),
  FromPort: portSchema().optional().describe('tcp and udp: the first port. icmp and icmpv6: the type, -1 for any.'),
  ToPort: portSchema().optional().describe('tcp and udp: the last port. icmp and icmpv6: the code, -1 for any.'),
};

const SOURCES = 'a list of sources';

/** @param key the key of a source that contains its block or its id. */
function sourceListSchema(key: string, expected: string, means: string) {
  const source = { [key]: z.string({ error: expected }).describe(means), Description: description };
  return baselineListSchema(baselineMappingSchema(source, `an object with \`${key}\``), SOURCES).optional();
}

const ipRanges = sourceListSchema('CidrIp', 'an IPv4 block', 'An IPv4 block with its prefix length: `10.0.0.0/8`.');
const ipv6Ranges = sourceListSchema('CidrIpv6', 'an IPv6 block', 'An IPv6 block with its prefix length: `2001:db8::/32`.');
const prefixListIds = sourceListSchema('PrefixListId', EXPECTED.prefixListId, 'The id of a managed prefix list.');

const permission = baselineMappingSchema(
  {
    ...traffic,
    IpRanges: ipRanges.describe('The IPv4 blocks that traffic may come from (ingress) or go to (egress).'),
    Ipv6Ranges: ipv6Ranges.describe('The IPv6 blocks that traffic may come from (ingress) or go to (egress).'),
    UserIdGroupPairs: baselineListSchema(
      baselineMappingSchema(
        {
          GroupId: z.string({ error: EXPECTED.groupId }).optional().describe('The id of a security group.'),
          UserId: z
            .string({ error: 'the 12 digits of an AWS account' })
            .optional()
            .describe('The account that owns the group, in quotes; by default the account of the guarded group.'),
          Description: description,
          GroupName: z
            .string({ error: 'text' })
            .optional()
            .describe('Portcullis does not compare the name, because another group can later have the same name.'),
          VpcId: z.string({ error: 'text' }).optional().describe('Not compared.'),
          VpcPeeringConnectionId: z.string({ error: 'text' }).optional().describe('Not compared.'),
          PeeringStatus: z.string({ error: 'text' }).optional().describe('Not compared.'),
        },
        'an object with `GroupId`',
        // Because of `required`, editors report a missing id. `readBaselineFile` finds a missing id with `permission-diff`.
      ).meta({ required: ['GroupId'] }),
      SOURCES,
    )
      .optional()
      .describe('The security groups that traffic may come from (ingress) or go to (egress).'),
    PrefixListIds: prefixListIds.describe('The managed prefix lists that traffic may come from (ingress) or go to (egress).'),
  },
  'a permission: an object with `IpProtocol` and at least one source',
).describe(
  'One permission in the notation of `aws ec2 authorize-security-group-ingress --ip-permissions`: protocol, ports, and every source.',
);

const ingress = baselineListSchema(permission, 'a list of permissions, or `[]` for no rules').describe(
  'The rules that must let traffic in. Required: write `[]` to let nothing in.',
);
const egress = baselineListSchema(permission, 'a list of permissions, or `[]` for no rules')
  .optional()
  .describe(
    'The rules that must let traffic out. Write `[]` to let nothing out. If `egress` is absent, Portcullis does not compare egress rules.',
  );

const permit = baselineMappingSchema(
  {
    permission,
    until: baselineTextSchema(DATE_FORM, EXPECTED.date)
      .refine(isPermitEndDay, { error: EXPECTED.date })
      .optional()
      .describe(
        'The last day of the permit, `YYYY-MM-DD` in UTC. After this day, the rules are drift. If `until` is absent, the permit does not end.',
      ),
    reason: baselineTextSchema(REASON, EXPECTED.reason)
      .optional()
      .describe('A note for people that says why the rules are permitted, for example a change number.'),
    direction: z
      .enum(['ingress', 'egress'], { error: '`ingress` or `egress`' })
      .default('ingress')
      .describe('The direction of the rules; by default `ingress`.'),
  },
  'an object with `permission`',
).describe('Rules that a group may have, but need not have.');

/** The keys of an `ignore` clause that say which rules belong to the other owner. */
export const OWNERS = ['descriptionPrefix', 'tag', 'sourceGroup', 'prefixList'] as const;

function ownerBoundsSchema(direction: 'in' | 'out') {
  const expected = `at least one permission for traffic that the owner may let ${direction}`;
  return baselineListSchema(permission, 'a list of permissions').min(1, { error: expected }).optional();
}

const ignoreClause = baselineMappingSchema(
  {
    descriptionPrefix: baselineTextSchema(DESCRIPTION_PREFIX, EXPECTED.descriptionPrefix)
      .optional()
      .describe('Rules whose description begins with this text.'),
    tag: baselineMappingSchema(
      {
        key: baselineTextSchema(TAG_KEY, EXPECTED.tagKey).describe('The key of the tag.'),
        value: baselineTextSchema(TAG_VALUE, EXPECTED.tagValue)
          .optional()
          .describe('The value of the tag. If `value` is absent, any value matches.'),
      },
      'an object with `key`, or with `key` and `value`',
    )
      .optional()
      .describe('Rules that have this tag.'),
    sourceGroup: baselineTextSchema(GROUP_ID, EXPECTED.groupId).optional().describe('Rules whose source is this security group.'),
    prefixList: baselineTextSchema(PREFIX_LIST_ID, EXPECTED.prefixListId).optional().describe('Rules whose source is this prefix list.'),
    within: ownerBoundsSchema('in').describe(
      'The traffic that the owner may let in. A rule of the owner is drift unless these permissions together cover its traffic.',
    ),
    withinEgress: ownerBoundsSchema('out').describe(
      'The traffic that the owner may let out. This key is like `within`, but for egress rules of the owner.',
    ),
  },
  'an object with one of `descriptionPrefix`, `tag`, `sourceGroup` and `prefixList`; `within` and `withinEgress` are optional',
)
  .refine(({ within: _in, withinEgress: _out, ...owner }) => Object.keys(owner).length === 1, {
    error: 'one key of `descriptionPrefix`, `tag`, `sourceGroup` and `prefixList`; to ignore by two keys, write two clauses',
  })
  .meta({ oneOf: OWNERS.map((key) => ({ type: 'object', properties: { [key]: {} }, required: [key] })) })
  .describe(
    'Identifies the rules of another owner by one key: `descriptionPrefix`, `tag`, `sourceGroup` or `prefixList`. These rules are not drift, and Portcullis does not revoke them.',
  );

const SELECTION = 'an object with `ids`, or with `tags`, `names` or `vpcs`';

/**
 * @param idsMean the description of the key `ids`.
 * @param taggerMay the end of the sentence "Anybody who is allowed to tag a group can …".
 */
function selectionShape(idsMean: string, taggerMay: string) {
  return {
    ids: baselineListSchema(baselineTextSchema(GROUP_ID, EXPECTED.groupId), 'a list of the ids of security groups')
      .min(1, { error: 'at least one id of a security group' })
      .optional()
      .describe(idsMean),
    tags: nonEmptyBaselineSchema(
      z.record(z.string().regex(TAG_KEY, { error: EXPECTED.tagKey }), baselineTextSchema(TAG_VALUE, EXPECTED.tagValue), {
        error: EXPECTED.tags,
      }),
      EXPECTED.tags,
    )
      .optional()
      .meta({ minProperties: 1 })
      .describe(`Groups that have all of these tags. Anybody who is allowed to tag a group can ${taggerMay}.`),
    names: baselineListSchema(baselineTextSchema(NAME_PATTERN, EXPECTED.namePattern), 'a list of the names of security groups')
      .min(1, { error: 'at least one name of a security group' })
      .optional()
      .describe('Groups whose name matches one of these patterns. In a pattern, `*` stands for any text.'),
    vpcs: baselineListSchema(baselineTextSchema(VPC_ID, EXPECTED.vpcId), 'a list of the ids of VPCs')
      .min(1, { error: 'at least one id of a VPC' })
      .optional()
      .describe('Groups in one of these VPCs.'),
  };
}

const groups = nonEmptyBaselineSchema(
  baselineMappingSchema(
    selectionShape(
      'The ids of the groups. Each id may be in only one baseline. An id takes precedence over criteria.',
      'remove the group from the baseline',
    ),
    SELECTION,
  ),
  SELECTION,
)
  .meta({ minProperties: 1 })
  .describe(
    'The security groups that must have these rules: each group in `ids`, and each group that meets all given criteria of `tags`, `names` and `vpcs`.',
  );

const LIMITED = 'either `all: true`, or one or more of `ids`, `tags`, `names` and `vpcs`; `except` is optional';

const limitedGroups = baselineMappingSchema(
  {
    all: z.literal(true, { error: '`all: true`, or no key `all`' }).optional().describe('All security groups of the account.'),
    ...selectionShape('The ids of the groups.', 'remove the group from the limit'),
    except: nonEmptyBaselineSchema(
      baselineMappingSchema(
        selectionShape('The ids of groups that the limit does not apply to.', 'exclude the group from the limit'),
        SELECTION,
      ),
      SELECTION,
    )
      .optional()
      .meta({ minProperties: 1 })
      .describe(
        'The groups that the limit does not apply to: each group in `ids`, and each group that meets all given criteria of `tags`, `names` and `vpcs`.',
      ),
  },
  LIMITED,
)
  .refine(({ all, except: _, ...selected }) => (all === true) !== Object.keys(selected).length > 0, { error: LIMITED })
  .meta({ minProperties: 1 })
  .describe('The security groups that the limit applies to. Several limits can apply to one group, with or without a baseline.');

const NAMED_SERVICES = `one of ${quotedList(SERVICE_NAMES)}; or an object such as \`{ IpProtocol: tcp, FromPort: 8000, ToPort: 8999 }\``;

const services = z
  .union(
    [
      z.literal('all'),
      z
        .array(
          z.union(
            [
              z.enum(SERVICE_NAMES),
              baselineMappingSchema(traffic, NAMED_SERVICES).describe('A protocol and its ports, as in a permission.'),
            ],
            {
              error: NAMED_SERVICES,
            },
          ),
        )
        .min(1, { error: 'at least one service, or `all`' }),
    ],
    { error: '`all`, or a list of services such as `[ssh, rdp]`' },
  )
  .describe('The services that the bound limits: `all`, or a list. Each item of the list is a service name, or a protocol with its ports.');

const GROUP_SENDERS = '`none`, `ownAccount`, `any`, or a list of the ids of security groups';

function prefixLengthSchema(key: 'ipv4' | 'ipv6', family: string, longest: number) {
  const error = `a prefix length of 0 to ${longest}`;
  return z
    .int({ error })
    .min(0, { error })
    .max(longest, { error })
    .optional()
    .describe(
      `Also allows every ${family} block with this prefix length or a longer one. If \`${key}\` is absent, only listed ${family} blocks are allowed.`,
    );
}

/** @param verb `send` for the senders of ingress traffic, `receive` for the receivers of egress traffic. */
function boundPeersSchema(verb: 'send' | 'receive') {
  return baselineMappingSchema(
    {
      IpRanges: ipRanges.describe(`The IPv4 blocks that may ${verb} this traffic.`),
      Ipv6Ranges: ipv6Ranges.describe(`The IPv6 blocks that may ${verb} this traffic.`),
      PrefixListIds: prefixListIds.describe(`The managed prefix lists whose current entries may ${verb} this traffic.`),
      securityGroups: z
        .union(
          [
            z.enum(['none', 'ownAccount', 'any']),
            z.array(baselineTextSchema(GROUP_ID, EXPECTED.groupId)).min(1, { error: 'at least one id of a security group, or `none`' }),
          ],
          { error: GROUP_SENDERS },
        )
        .default('none')
        .describe(
          'The security groups that are allowed: `none` (default), `ownAccount` for all groups of the own account, `any` for all groups of all accounts, or a list of ids.',
        ),
      notWiderThan: nonEmptyBaselineSchema(
        baselineMappingSchema(
          { ipv4: prefixLengthSchema('ipv4', 'IPv4', 32), ipv6: prefixLengthSchema('ipv6', 'IPv6', 128) },
          'an object with `ipv4`, `ipv6` or both',
        ),
        '`ipv4`, `ipv6` or both',
      )
        .optional()
        .meta({ minProperties: 1 })
        .describe(
          'Also allows blocks that are not listed, if they are narrow enough. Adjacent blocks in the rules of a group count as one wider block.',
        ),
    },
    `an object with the allowed blocks, prefix lists and security groups, or \`{}\` to allow none`,
  );
}

const bound = baselineMappingSchema(
  {
    services,
    onlyFrom: boundPeersSchema('send').describe('The only senders that may use these services. `{}` allows no sender.'),
  },
  'an object with `services` and `onlyFrom`',
).describe('Allows only the listed senders to use these services. A group must respect every bound.');

const egressBound = baselineMappingSchema(
  {
    services,
    onlyTo: boundPeersSchema('receive').describe('The only receivers that traffic of these services may go to. `{}` allows no receiver.'),
  },
  'an object with `services` and `onlyTo`',
).describe('Allows traffic of these services only to the listed receivers. A group must respect every bound.');

const limit = baselineMappingSchema(
  {
    name: baselineTextSchema(BASELINE_NAME, EXPECTED.baselineName).describe(
      'The name of the limit in findings; no baseline may have the same name.',
    ),
    groups: limitedGroups,
    mode: z
      .enum(['report', 'enforce'], { error: '`report` or `enforce`' })
      .default('report')
      .describe('`report` (default) only reports a group that breaks the limit; `enforce` repairs the group.'),
    repair: z
      .enum(['revoke', 'narrow'], { error: '`revoke` or `narrow`' })
      .default('revoke')
      .describe(
        '`revoke` (default) revokes each rule that allows forbidden traffic. `narrow` first authorizes rules for the allowed traffic of such a rule, and then revokes the rule.',
      ),
    otherwise: z
      .enum(['report', 'revoke'], { error: '`report` or `revoke`' })
      .optional()
      .describe(
        'With `repair: narrow`, some rules cannot be narrowed, for example if the limit allows only a part of a prefix list. `revoke` (default) revokes such a rule; `report` only reports the rule.',
      ),
    ingress: baselineListSchema(bound, 'a list of bounds').describe('The bounds on the traffic that rules let in.'),
    egress: baselineListSchema(egressBound, 'a list of bounds')
      .optional()
      .describe('The bounds on the traffic that rules let out. If `egress` is absent, any outgoing traffic is allowed.'),
    permit: baselineListSchema(permit, 'a list of permits')
      .default([])
      .describe('Rules that a group may have even if the bounds forbid their traffic.'),
  },
  'a limit: an object with `name`, `groups` and `ingress`',
).describe('A limit on the traffic that the rules of the selected security groups let in.');

const APPROVE_WITHIN = 'a whole number of minutes, 1 to 1440';

const baseline = baselineMappingSchema(
  {
    name: baselineTextSchema(BASELINE_NAME, EXPECTED.baselineName).describe('The name of the baseline in findings; unique in the file.'),
    groups,
    mode: z
      .enum(['enforce', 'approve', 'report'], { error: '`enforce`, `approve` or `report`' })
      .default('enforce')
      .describe(
        '`enforce` (default) restores a group that drifted. `approve` restores the group after somebody approves the restoration, or after `approveWithin` minutes. `report` only reports the drift.',
      ),
    approveWithin: z
      .int({ error: APPROVE_WITHIN })
      .min(1, { error: APPROVE_WITHIN })
      .max(1440, { error: APPROVE_WITHIN })
      .optional()
      .describe('With `mode: approve`, Portcullis restores the group without an approval after this many minutes (default 60).'),
    compare: z
      .enum(['rules', 'access'], { error: '`rules` or `access`' })
      .default('rules')
      .describe(
        '`rules` (default): the groups must have exactly these rules. `access`: the groups may have any rules that let in exactly the same traffic.',
      ),
    ingress,
    egress,
    permit: baselineListSchema(permit, 'a list of permits').default([]).describe('Rules that a group may have, but need not have.'),
    ignore: baselineListSchema(ignoreClause, 'a list of clauses')
      .default([])
      .describe(
        'Rules of another owner, such as a load-balancer controller or Firewall Manager. These rules are not drift, and Portcullis does not revoke them.',
      ),
  },
  'a baseline: an object with `name`, `groups` and `ingress`',
).describe('Declares the rules of the security groups that `groups` selects.');

export const baselineFile = baselineMappingSchema(
  {
    $schema: z.string({ error: 'text' }).optional().describe('The address of this schema, for editors. Portcullis ignores this key.'),
    version: z.literal(1, { error: '`1`' }).describe('The version of this format.'),
    baselines: baselineListSchema(baseline, 'a list of baselines').describe(
      'Each baseline declares the rules of some groups. Portcullis never touches a security group that neither a baseline nor a limit selects.',
    ),
    limits: baselineListSchema(limit, 'a list of limits')
      .optional()
      .describe('Each limit forbids traffic that the rules of groups must not let in. A limit also applies to groups without a baseline.'),
  },
  'an object with `version` and `baselines`',
);

export type BaselineFile = z.output<typeof baselineFile>;
