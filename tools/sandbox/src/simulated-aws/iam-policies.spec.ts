import { evaluateIamPolicies, matchesWildcards, parseIamPolicy, type Decision, type IamRequest } from './iam-policies.js';
import type { JsonObject } from '../json.js';

const GROUP = 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1';
const ROLE = 'arn:aws:iam::111122223333:role/portcullis';

const request = (context: IamRequest['context'] = {}, rest: Partial<IamRequest> = {}): IamRequest => ({
  action: 'ec2:RevokeSecurityGroupIngress',
  resource: GROUP,
  context,
  ...rest,
});
const policy = (...statements: readonly JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: statements });
const allow = (rest: JsonObject = {}): JsonObject => ({ Effect: 'Allow', Action: 'ec2:*', Resource: '*', ...rest });
const deny = (rest: JsonObject = {}): JsonObject => ({ ...allow(rest), Effect: 'Deny' });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
it.each<readonly [string, readonly JsonObject[], Decision]>([
  ['nothing', [], 'denied'],
  ['an Allow', [policy(allow())], 'allowed'],
  ['an Allow in the second of two policies', [policy(allow({ Action: 's3:*' })), policy(allow())], 'allowed'],
  ['a Deny after an Allow', [policy(allow(), deny())], 'explicitly denied'],
  ['a Deny in another policy, before the Allow', [policy(deny()), policy(allow())], 'explicitly denied'],
  ['a Deny of another action', [policy(allow(), deny({ Action: 'ec2:Create*' }))], 'allowed'],
  ['a statement that is not in a list', [{ Statement: allow() }], 'allowed'],
])('`evaluateIamPolicies` decides like IAM for policies with %s', (_, policies, decision) => {
  expect(evaluateIamPolicies(policies, request())).toBe(decision);
});

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
it.each<readonly [string, JsonObject, boolean]>([
  ['an action in other capitals', { Action: ['s3:GetObject', 'EC2:revokesecuritygroupingress'] }, true],
  ['an action with `*` and `?`', { Action: 'ec2:*SecurityGroup?ngress' }, true],
  ['the beginning of the action', { Action: 'ec2:Revoke' }, false],
  ['all actions of another service', { Action: 'ec2-instance-connect:*' }, false],
  ['the resource itself', { Resource: [GROUP] }, true],
  ['a resource in other capitals', { Resource: GROUP.toUpperCase() }, false],
  ['every group of an account', { Resource: 'arn:aws:ec2:*:111122223333:security-group/*' }, true],
  ['one character of the resource', { Resource: GROUP.replace('sg-1', 'sg-?') }, true],
  ['one character too many', { Resource: `${GROUP}?` }, false],
  ['another kind of resource', { Resource: 'arn:aws:ec2:*:*:security-group-rule/*' }, false],
  ['a point, which stands for itself', { Resource: GROUP.replace('west', 'w.st') }, false],
])('a policy statement that names %s (%j) matches the request: %s', (_, rest, matches) => {
  expect(evaluateIamPolicies([policy(allow(rest))], request())).toBe(matches ? 'allowed' : 'denied');
});

const VPC = 'arn:aws:ec2:eu-west-1:444455556666:vpc/vpc-1';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
it.each<readonly [condition: JsonObject, context: IamRequest['context'], holds: boolean]>([
  [{ StringEquals: { 'ec2:SecurityGroupID': ['sg-0', 'sg-1'] } }, { 'ec2:SecurityGroupID': 'sg-1' }, true],
  [{ StringEquals: { 'EC2:SecurityGroupId': 'sg-1' } }, { 'ec2:SecurityGroupID': 'sg-1' }, true],
  [{ StringEquals: { 'ec2:SecurityGroupID': 'sg-*' } }, { 'ec2:SecurityGroupID': 'sg-1' }, false],
  [{ StringEquals: { k: 'a' } }, { k: 'A' }, false],
  [{ StringEquals: { k: 'a' } }, {}, false],
  [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
  [{ StringEquals: { k: 'a' }, StringLike: { l: 'b*' } }, { k: 'a', l: 'c' }, false],
  [{ StringEquals: { k: 'a' }, StringLike: { l: 'b*' } }, { k: 'a', l: 'bc' }, true],
  [{ StringLike: { k: 'sqs.*.amazonaws.?om' } }, { k: 'sqs.eu-west-1.amazonaws.com' }, true],
  [{ StringLike: { k: 'sqs' } }, { k: 'sqs.x' }, false],
  [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'true' }, false],
  [{ Bool: { 'aws:SecureTransport': 'TRUE' } }, { 'aws:SecureTransport': 'true' }, true],
  [{ ArnLike: { v: 'arn:aws:ec2:eu-west-1:*:vpc/vpc-1' } }, { v: VPC }, true],
  [{ ArnEquals: { v: 'arn:aws:ec2:eu-west-1:*:vpc/vpc-1' } }, { v: VPC }, true],
  [{ ArnLike: { v: 'arn:aws:ec2:*:vpc/vpc-1' } }, { v: VPC }, false],
  [{ ArnLike: { v: 'arn:aws:sns:*:*:a:*' } }, { v: 'arn:aws:sns:eu-west-1:1:a:b:c' }, true],
  [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
  [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
  [{ StringNotEquals: { k: 'a' } }, {}, true],
  [{ StringNotEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
  [{ StringEquals: { k: 'a' }, StringNotEquals: { l: 'b' } }, { k: 'a' }, true],
  [{ ArnNotLike: { v: 'arn:aws:ec2:eu-west-1:*:vpc/vpc-1' } }, { v: VPC }, false],
  [{ ArnNotLike: { v: ['arn:aws:ec2:eu-west-1:*:vpc/vpc-2', 'arn:aws:ec2:*:vpc/vpc-1'] } }, { v: VPC }, true],
  [{ ArnNotLike: { v: 'arn:aws:ec2:eu-west-1:*:vpc/vpc-1' } }, {}, true],
])('the policy condition %j matches a request with the context %j: %s', (Condition, context, holds) => {
  expect(evaluateIamPolicies([policy(allow({ Condition }))], request(context))).toBe(holds ? 'allowed' : 'denied');
  expect(evaluateIamPolicies([policy(allow(), deny({ Condition }))], request(context))).toBe(holds ? 'explicitly denied' : 'allowed');
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
it.each<readonly [Principal: unknown, principal: string, isMeant: boolean]>([
  ['*', ROLE, true],
  [{ AWS: '*' }, ROLE, true],
  [{ AWS: ['arn:aws:iam::444455556666:root', ROLE] }, ROLE, true],
  [{ AWS: 'arn:aws:iam::111122223333:root' }, ROLE, true],
  [{ AWS: '111122223333' }, ROLE, true],
  [{ AWS: 'arn:aws:iam::444455556666:root' }, ROLE, false],
  [{ AWS: 'arn:aws:iam::111122223333:role/*' }, ROLE, false],
  [{ Service: 'lambda.amazonaws.com' }, 'lambda.amazonaws.com', true],
  [{ Service: 'lambda.amazonaws.com' }, 'events.amazonaws.com', false],
  [{ Service: '111122223333' }, ROLE, false],
])('the `Principal` %j of a policy includes the caller %s: %s', (Principal, principal, isMeant) => {
  const trust = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });

  expect(evaluateIamPolicies([trust], request({}, { action: 'sts:AssumeRole', resource: ROLE, principal }))).toBe(
    isMeant ? 'allowed' : 'denied',
  );
});

it.each<readonly [string, JsonObject]>([
  ['the sandbox does not support the condition operator `IpAddress`', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
  ['the sandbox does not support the condition operator `StringSimilar`', { Condition: { StringSimilar: { k: 'a' } } }],
  ['the condition operator `StringEquals` has no object of keys', { Condition: { StringEquals: 'a' } }],
  ['the condition of a policy statement is not an object', { Condition: ['StringEquals'] }],
  ['the sandbox does not support the condition operator `StringEqualsIfExists`', { Condition: { StringEqualsIfExists: { k: 'a' } } }],
  [
    'the sandbox does not support the condition operator `ForAllValues:StringEquals`',
    { Condition: { 'ForAllValues:StringEquals': { k: 'a' } } },
  ],
  ['the sandbox does not support the policy variable in `${aws:username}`', { Condition: { StringEquals: { k: '${aws:username}' } } }],
  ['the sandbox does not support the policy element `NotAction`', { NotAction: 'ec2:*' }],
  ['the sandbox does not support the policy element `NotResource`', { NotResource: GROUP }],
  ['the sandbox does not support the policy element `NotPrincipal`', { NotPrincipal: '*' }],
  ['the sandbox does not support the principal type `Federated`', { Principal: { Federated: '*' } }],
  ['a policy statement names no action', { Action: undefined }],
])('`evaluateIamPolicies` throws an error for a policy that the sandbox does not support: %s', (message, rest) => {
  expect(() => evaluateIamPolicies([policy(deny(rest))], request({ k: 'a' }, { principal: ROLE }))).toThrow(message);
});

it('`parseIamPolicy` refuses a policy that is not a JSON object', () => {
  expect(() => parseIamPolicy('[]')).toThrow('a policy is not a JSON object: []');
  expect(parseIamPolicy('{"Statement":[]}')).toEqual({ Statement: [] });
});

it('`*` and `?` of `matchesWildcards` also match line breaks', () => {
  expect([matchesWildcards('a*c', 'a\nb\nc'), matchesWildcards('a?c', 'a\nc')]).toEqual([true, true]);
});
