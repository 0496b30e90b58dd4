/**
 * One event for each form in which a call is recorded. Each says how firmly that form is known:
 *
 * - recorded: trimmed to the shape of real records (invictus-ir/aws_dataset and DataDog/stratus-red-team publish such);
 * - documented: after AWS's own documentation or the EC2 API model;
 * - inferred: no real record was at hand; the form follows from how other calls of the same encoding are recorded.
 *
 * Accounts, ids and addresses are invented.
 */
import { cloudTrailEvent } from './cloudtrail-event.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const OTHER_GROUP = 'sg-0b0b0b0b0b0b0b0b2';
const PREFIX_LIST = 'pl-0c0c0c0c0c0c0c0c3';
const OWNER = '111122223333';
const ANSWER = { requestId: '00000000-0000-4000-8000-000000000002', _return: true };
const XMLNS = 'http://ec2.amazonaws.com/doc/2016-11-15/';

function answered(operation: string, rest: object = { return: true }): object {
  return { [`${operation}Response`]: { xmlns: XMLNS, requestId: ANSWER.requestId, ...rest } };
}

/** Recorded: permissions as `{"items": […]}`, empty lists as `{}`; one item of the answer per source. */
export const authorizeIngress = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'TLS from anywhere' }] },
          ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000001',
          description: 'TLS from anywhere',
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrIpv4: '0.0.0.0/0',
        },
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000002',
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrIpv6: '::/0',
        },
      ],
    },
  },
});

/** Recorded: `ipPermissions` is there and empty, and the permission stands beside it. No answer but that it succeeded. */
export const authorizeIngressFlat = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  userAgent: 'aws-sdk-go/1.44.0',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {},
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    cidrIp: '203.0.113.9/0',
  },
  responseElements: ANSWER,
});

/** Recorded (2017 to 2021): the answer names no rules. */
export const authorizeIngressBeforeRuleSets = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  eventVersion: '1.05',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'udp',
          fromPort: 53,
          toPort: 54,
          groups: {},
          ipRanges: { items: [{ cidrIp: '198.51.100.7/24' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: { _return: true },
});

/** Inferred: a group of the default VPC by its name; only the answer has its id. */
export const authorizeIngressByName = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  requestParameters: {
    groupName: 'default',
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 3389,
          toPort: 3389,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000001',
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 3389,
          toPort: 3389,
          cidrIpv4: '0.0.0.0/0',
        },
      ],
    },
  },
});

/** Documented: a group and a prefix list as sources; the answer names the group as the API does. */
export const authorizeIngressFromGroup = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 5432,
          toPort: 5432,
          groups: { items: [{ groupId: OTHER_GROUP }] },
          ipRanges: {},
          ipv6Ranges: {},
          prefixListIds: { items: [{ prefixListId: PREFIX_LIST }] },
        },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000001',
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 5432,
          toPort: 5432,
          referencedGroupInfo: { groupId: OTHER_GROUP, userId: OWNER },
        },
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000002',
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 5432,
          toPort: 5432,
          prefixListId: PREFIX_LIST,
        },
      ],
    },
  },
});

/** Recorded: all traffic is asked for without ports and answered with -1. */
export const authorizeEgress = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupEgress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: '-1',
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: OWNER,
          groupId: GROUP,
          securityGroupRuleId: 'sgr-00000000000000001',
          securityGroupRuleArn: 'arn:aws:ec2:eu-west-1:111122223333:security-group-rule/sgr-00000000000000001',
          isEgress: true,
          ipProtocol: '-1',
          fromPort: -1,
          toPort: -1,
          cidrIpv4: '0.0.0.0/0',
        },
      ],
    },
  },
});

/** Recorded: refused calls keep their parameters and have no answer. Every code of EC2 is prefixed. */
export const authorizeIngressRefused = cloudTrailEvent({
  ...authorizeIngress.detail,
  errorCode: 'Client.UnauthorizedOperation',
  errorMessage: 'You are not authorized to perform this operation.',
  responseElements: null,
});

/** Documented: a dry run that would have succeeded is recorded as a failure. */
export const authorizeIngressDryRun = cloudTrailEvent({
  ...authorizeIngress.detail,
  errorCode: 'Client.DryRunOperation',
  errorMessage: 'Request would have succeeded, but DryRun flag is set.',
  responseElements: null,
});

/** Documented: request and answer above 100 KB are left out, and `omitted` says so. */
export const authorizeIngressOmitted = cloudTrailEvent({
  eventName: 'AuthorizeSecurityGroupIngress',
  requestParameters: { omitted: true },
  responseElements: { omitted: true },
});

/** Recorded: flat, with an answer that names no rules. */
export const revokeIngressFlat = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {},
    ipProtocol: 'tcp',
    fromPort: 80,
    toPort: 80,
    cidrIp: '0.0.0.0/0',
  },
  responseElements: ANSWER,
});

/** Documented: newer answers list what was revoked, with a group as `referencedGroupId`. */
export const revokeIngressByValues = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: '6',
          fromPort: 80,
          toPort: 80,
          groups: { items: [{ groupId: OTHER_GROUP, userId: OWNER }] },
          ipRanges: {},
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    revokedSecurityGroupRuleSet: {
      items: [
        {
          securityGroupRuleId: 'sgr-00000000000000001',
          groupId: GROUP,
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 80,
          toPort: 80,
          referencedGroupId: OTHER_GROUP,
        },
      ],
    },
  },
});

/** Inferred: ids alone, and an answer that names no rules: what they let in is not in the record. */
export const revokeIngressById = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    securityGroupRuleIds: {
      items: [{ securityGroupRuleId: 'sgr-00000000000000001' }, { securityGroupRuleId: 'sgr-00000000000000002' }],
    },
  },
  responseElements: ANSWER,
});

/** Documented: ids alone, with an answer that tells what the rules were. */
export const revokeIngressByIdAnswered = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {},
    securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-00000000000000001' }] },
  },
  responseElements: {
    ...ANSWER,
    revokedSecurityGroupRuleSet: {
      items: [
        {
          securityGroupRuleId: 'sgr-00000000000000001',
          groupId: GROUP,
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrIpv4: '0.0.0.0/0',
        },
      ],
    },
  },
});

/** Documented: in a default VPC the call succeeds though one of the two permissions was not found. */
export const revokeIngressUnmatched = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupIngress',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        { ipProtocol: 'tcp', fromPort: 80, toPort: 80, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] } },
        { ipProtocol: 'tcp', fromPort: 81, toPort: 81, ipRanges: { items: [{ cidrIp: '10.1.2.3/8' }] } },
      ],
    },
  },
  responseElements: {
    ...ANSWER,
    unknownIpPermissionSet: {
      items: [{ ipProtocol: 'tcp', fromPort: 81, toPort: 81, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] } }],
    },
  },
});

/** Recorded: all traffic with ports 0, refused since there is no such rule. */
export const revokeEgressRefused = cloudTrailEvent({
  eventName: 'RevokeSecurityGroupEgress',
  errorCode: 'Client.InvalidPermission.NotFound',
  errorMessage: 'The specified rule does not exist in this security group.',
  requestParameters: {
    groupId: GROUP,
    ipPermissions: {
      items: [
        {
          ipProtocol: '-1',
          fromPort: 0,
          toPort: 0,
          groups: {},
          ipRanges: {},
          ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: null,
});

/** Recorded: wrapped; a single rule is an object, and its content a field of the same name within it. */
export const modifyOneRule = cloudTrailEvent({
  eventName: 'ModifySecurityGroupRules',
  sessionCredentialFromConsole: 'true',
  requestParameters: {
    ModifySecurityGroupRulesRequest: {
      GroupId: GROUP,
      SecurityGroupRule: {
        SecurityGroupRuleId: 'sgr-00000000000000001',
        tag: 1,
        SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'mine' },
      },
    },
  },
  responseElements: answered('ModifySecurityGroupRules'),
});

/** Inferred: several rules are an array, a protocol of -1 becomes a number, and an empty description `""`. */
export const modifyManyRules = cloudTrailEvent({
  eventName: 'ModifySecurityGroupRules',
  requestParameters: {
    ModifySecurityGroupRulesRequest: {
      GroupId: GROUP,
      SecurityGroupRule: [
        {
          SecurityGroupRuleId: 'sgr-00000000000000001',
          tag: 1,
          SecurityGroupRule: {
            IpProtocol: -1,
            FromPort: -1,
            ToPort: -1,
            CidrIpv6: '2001:DB8:0:0::1/32',
            Description: '',
          },
        },
        {
          SecurityGroupRuleId: 'sgr-00000000000000002',
          tag: 2,
          SecurityGroupRule: {
            IpProtocol: 6,
            FromPort: 22,
            ToPort: 22,
            ReferencedGroupId: OTHER_GROUP,
            Description: 42,
          },
        },
        {
          SecurityGroupRuleId: 'sgr-00000000000000003',
          tag: 3,
          SecurityGroupRule: { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, PrefixListId: PREFIX_LIST },
        },
      ],
    },
  },
  responseElements: answered('ModifySecurityGroupRules'),
});

/** Inferred: wrapped, rules by their values. */
export const updateDescriptions = cloudTrailEvent({
  eventName: 'UpdateSecurityGroupRuleDescriptionsIngress',
  requestParameters: {
    UpdateSecurityGroupRuleDescriptionsIngressRequest: {
      GroupId: GROUP,
      IpPermissions: {
        tag: 1,
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [
          { tag: 1, CidrIp: '10.0.0.0/8', Description: 'corp' },
          { tag: 2, CidrIp: '192.0.2.0/24', Description: '' },
        ],
        Groups: { tag: 1, GroupId: OTHER_GROUP, UserId: 111122223333, Description: 'web' },
      },
    },
  },
  responseElements: answered('UpdateSecurityGroupRuleDescriptionsIngress'),
});

/** Inferred: wrapped, rules by their ids. */
export const updateDescriptionsById = cloudTrailEvent({
  eventName: 'UpdateSecurityGroupRuleDescriptionsEgress',
  requestParameters: {
    UpdateSecurityGroupRuleDescriptionsEgressRequest: {
      GroupId: GROUP,
      IpPermissions: '',
      SecurityGroupRuleDescription: [
        { tag: 1, SecurityGroupRuleId: 'sgr-00000000000000001', Description: true },
        { tag: 2, SecurityGroupRuleId: 'sgr-00000000000000002', Description: '' },
      ],
    },
  },
  responseElements: answered('UpdateSecurityGroupRuleDescriptionsEgress'),
});

/** Recorded: the id is in the answer alone; tags are a bare array within an item. */
export const createGroup = cloudTrailEvent({
  eventName: 'CreateSecurityGroup',
  requestParameters: {
    groupName: 'web',
    groupDescription: 'public web',
    vpcId: 'vpc-0d0d0d0d0d0d0d0d4',
    tagSpecificationSet: {
      items: [{ resourceType: 'security-group', tags: [{ key: 'Tier', value: 'web' }] }],
    },
  },
  responseElements: { ...ANSWER, groupId: GROUP, tagSet: { items: [{ key: 'Tier', value: 'web' }] } },
});

/** Recorded. */
export const deleteGroup = cloudTrailEvent({
  eventName: 'DeleteSecurityGroup',
  requestParameters: { groupId: GROUP },
  responseElements: ANSWER,
});

/** Documented: a group of the default VPC by its name; newer answers name its id. */
export const deleteGroupByName = cloudTrailEvent({
  eventName: 'DeleteSecurityGroup',
  requestParameters: { groupName: 'web' },
  responseElements: { ...ANSWER, groupId: GROUP },
});

/** Inferred: wrapped. */
export const associateVpc = cloudTrailEvent({
  eventName: 'AssociateSecurityGroupVpc',
  requestParameters: { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-0e0e0e0e0e0e0e0e5' } },
  responseElements: answered('AssociateSecurityGroupVpc', { state: 'associating' }),
});

/** Inferred: wrapped. */
export const disassociateVpc = cloudTrailEvent({
  eventName: 'DisassociateSecurityGroupVpc',
  requestParameters: { DisassociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-0e0e0e0e0e0e0e0e5' } },
  responseElements: answered('DisassociateSecurityGroupVpc', { state: 'disassociating' }),
});

/** Inferred from public queries: wrapped; one entry is an object, several are an array. */
export const modifyPrefixList = cloudTrailEvent({
  eventName: 'ModifyManagedPrefixList',
  requestParameters: {
    ModifyManagedPrefixListRequest: {
      PrefixListId: PREFIX_LIST,
      CurrentVersion: 3,
      AddEntry: [
        { tag: 1, Cidr: '0.0.0.0/1', Description: 'half' },
        { tag: 2, Cidr: '128.0.0.0/1' },
      ],
      RemoveEntry: { tag: 1, Cidr: '10.0.0.0/8' },
    },
  },
  responseElements: answered('ModifyManagedPrefixList', {
    prefixList: { prefixListId: PREFIX_LIST, state: 'modify-in-progress', version: 3 },
  }),
});

/** Documented in the API model; wrapped by inference. */
export const restorePrefixList = cloudTrailEvent({
  eventName: 'RestoreManagedPrefixListVersion',
  requestParameters: {
    RestoreManagedPrefixListVersionRequest: { PrefixListId: PREFIX_LIST, PreviousVersion: 1, CurrentVersion: 3 },
  },
  responseElements: answered('RestoreManagedPrefixListVersion', {
    prefixList: { prefixListId: PREFIX_LIST, state: 'restore-in-progress', version: 3 },
  }),
});

/** Recorded: several resources of several kinds at once. */
export const createTags = cloudTrailEvent({
  eventName: 'CreateTags',
  requestParameters: {
    resourcesSet: {
      items: [{ resourceId: GROUP }, { resourceId: 'i-0f0f0f0f0f0f0f0f6' }, { resourceId: 'sgr-00000000000000001' }],
    },
    tagSet: { items: [{ key: 'Tier', value: 'web' }] },
  },
  responseElements: ANSWER,
});

/** Documented: a tag can be removed by its key alone. */
export const deleteTags = cloudTrailEvent({
  eventName: 'DeleteTags',
  requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: { items: [{ key: 'Tier' }] } },
  responseElements: ANSWER,
});

/** Inferred: attaches groups to an instance. Of the calls here the only one that is not watched, with those on tags. */
export const modifyInstance = cloudTrailEvent({
  eventName: 'ModifyInstanceAttribute',
  requestParameters: { instanceId: 'i-0f0f0f0f0f0f0f0f6', groupSet: { items: [{ groupId: GROUP }] } },
  responseElements: ANSWER,
});
