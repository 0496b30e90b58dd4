/** Guards many accounts from one account. */
import { baselineOf, limitIn, synthesis, synthesisedStacks } from '../testing/synthesised.js';
import type { Template } from '../testing/template.js';

const PARTITION = '${data.aws_partition.partition.partition}';
const settings = {
  accountId: '111122223333',
  organization: { id: 'o-exampleorgid', members: ['444455556666'], excludedAccounts: ['777788889999'] },
  schedule: 'TwentyFour_Hours',
};
const baselines = [baselineOf('web', ['sg-00000001'], { egress: [] })];
const [central, member, organization] = synthesisedStacks(settings, baselines);
if (central === undefined || member === undefined || organization === undefined) throw new Error('three stacks were expected');

const sidsOf = (stack: Template | undefined, guard: string) =>
  stack?.statements('aws_iam_role_policy', `${guard}_policy`).map(({ Sid }) => Sid);

it("Terraform deploys an organization's event bus before the members that forward to the bus, and all recorders before the organization's rule", () => {
  const two = {
    regions: ['eu-west-1', 'us-east-1'],
    organization: { ...settings.organization, members: ['444455556666', '777788880000'] },
  };
  const stacks = synthesisedStacks({ ...settings, ...two }, baselines);

  expect(stacks.map(({ name, dependencies }) => [name, dependencies])).toEqual(
    ['eu-west-1', 'us-east-1'].flatMap((region) => {
      const first = `portcullis-${region}`;
      const members = [`portcullis-444455556666-${region}`, `portcullis-777788880000-${region}`];
      return [[first, []], ...members.map((each) => [each, [first]]), [`portcullis-organization-${region}`, [first, ...members]]];
    }),
  );
});

it('no two stacks of an organization have the same key of the Terraform state, even if the settings name a key', () => {
  const state = { bucket: 'states', region: 'eu-west-1', key: '{account}/{region}.tfstate' };
  const backends = (more: object): unknown[] =>
    synthesisedStacks({ ...settings, ...more }, baselines).map(({ terraform }) => terraform.backend);

  expect(backends({})).toEqual(
    ['', '444455556666-', 'organization-'].map((of) => ({ local: { path: `../../../terraform.portcullis-${of}eu-west-1.tfstate` } })),
  );
  expect(backends({ state })).toMatchObject(
    ['111122223333', '444455556666', 'organization'].map((account) => ({ s3: { key: `${account}/eu-west-1.tfstate` } })),
  );
});

describe('the rule of the organization', () => {
  it("the organization's AWS Config rule covers every account that is not excluded, and invokes the remediator in the central account", () => {
    for (const stack of [central, member]) expect(stack.resources('aws_config_config_rule')).toEqual([]);
    expect(organization.counts()).toEqual({ aws_config_organization_custom_rule: 1 });
    expect(organization.only('aws_config_organization_custom_rule')).toMatchObject({
      name: 'portcullis-security-groups',
      lambda_function_arn: `arn:${PARTITION}:lambda:eu-west-1:111122223333:function:${String(
        central.resource('aws_lambda_function', 'config-remediator_function').function_name,
      )}`,
      trigger_types: ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification', 'ScheduledNotification'],
      maximum_execution_frequency: 'TwentyFour_Hours',
      resource_types_scope: ['AWS::EC2::SecurityGroup'],
      resource_id_scope: 'sg-00000001',
      excluded_accounts: ['777788889999'],
      // Hundreds of accounts take longer than the provider's default timeout.
      timeouts: { create: '60m', update: '60m', delete: '60m' },
    });
  });

  it("Terraform creates the organization's AWS Config rule in the central account, with Terraform's own credentials", () => {
    expect(organization.provider).toMatchObject({ allowed_account_ids: ['111122223333'] });
    expect(organization.provider).not.toHaveProperty('assume_role');
  });
});

describe('the central account', () => {
  it.each([
    ['config-remediator', 'remediator', {}],
    [
      'cloudtrail-detector',
      'detector',
      { REMEDIATOR_MEMBER_ROLE_ARN: `arn:${PARTITION}:iam::{account}:role/portcullis-member-remediator-eu-west-1` },
    ],
  ])(
    'the environment of %s names a role in the member accounts, and the function can assume this role only in accounts of this organization',
    (guard, role, more) => {
      expect(central.statements('aws_iam_role_policy', `${guard}_policy`)).toContainEqual({
        Sid: 'AssumeMemberRole',
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Resource: [`arn:${PARTITION}:iam::*:role/portcullis-member-${role}-eu-west-1`],
        Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } },
      });
      expect(central.resource('aws_lambda_function', `${guard}_function`).environment).toMatchObject({
        variables: {
          CENTRAL_ACCOUNT_ID: '${data.aws_caller_identity.account.account_id}',
          MEMBER_ROLE_ARN: `arn:${PARTITION}:iam::{account}:role/portcullis-member-${role}-eu-west-1`,
          ...more,
        },
      });
    },
  );

  it('AWS Config can invoke the remediator of the central account from every account', () => {
    expect(central.resource('aws_lambda_permission', 'config_permission')).not.toHaveProperty('source_account');
  });

  it('only accounts of the organization can put events on the central event bus, which sends the events to the detector', () => {
    expect(central.statements('aws_cloudwatch_event_bus_policy', 'members_policy')).toEqual([
      {
        Sid: 'MembersForward',
        Effect: 'Allow',
        Principal: '*',
        Action: ['events:PutEvents'],
        Resource: ['${aws_cloudwatch_event_bus.members_bus.arn}'],
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
      },
    ]);
    const event_bus_name = '${aws_cloudwatch_event_bus.members_bus.name}';
    for (const id of ['members', 'member-guard']) {
      expect(central.resource('aws_cloudwatch_event_rule', `cloudtrail_${id}-rule`)).toMatchObject({ event_bus_name });
      expect(central.resource('aws_cloudwatch_event_target', `cloudtrail_${id}-target`)).toMatchObject({
        event_bus_name,
        arn: '${aws_lambda_function.cloudtrail-detector_function.arn}',
      });
    }
    const patternOf = (id: string) => central.resource('aws_cloudwatch_event_rule', `cloudtrail_${id}`).event_pattern;
    expect(patternOf('members-rule')).toBe(patternOf('rule'));
  });
});

describe('a member', () => {
  it('a member stack contains no function, and Terraform deploys the stack only into the member account, with a role of this account', () => {
    expect(member.resources('aws_lambda_function')).toEqual([]);
    expect(member.provider).toMatchObject({
      allowed_account_ids: ['444455556666'],
      assume_role: [{ role_arn: 'arn:aws:iam::444455556666:role/OrganizationAccountAccessRole' }],
    });
  });

  it.each([
    [
      'config-remediator',
      'remediator',
      ['ReadSecurityGroups', 'ReadPrefixLists', 'RestoreIngressAndEgress', 'ReplaceRules', 'PutEvaluations'],
    ],
    ['cloudtrail-detector', 'detector', ['ReadSecurityGroups', 'ReadPrefixLists', 'ReadAttachments', 'NeverWriteToEc2']],
  ])('a member account has a role that only %s of the central account can assume', (guard, name, sids) => {
    const central = `arn:${PARTITION}:iam::111122223333`;

    expect(member.resource('aws_iam_role', `${guard}_role`).name).toBe(`portcullis-member-${name}-eu-west-1`);
    expect(member.statements('aws_iam_role', `${guard}_role`, 'assume_role_policy')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `${central}:root` },
        Condition: { ArnEquals: { 'aws:PrincipalArn': `${central}:role/portcullis-${guard}-eu-west-1` } },
      },
    ]);
    expect(sidsOf(member, guard)).toEqual(sids);
  });

  it('a member account forwards calls on guarded groups and on Portcullis to the central account, and has a queue for calls that EventBridge cannot forward', () => {
    const bus = `arn:${PARTITION}:events:eu-west-1:111122223333:event-bus/portcullis-members`;

    for (const id of ['', 'guard-', 'guard-rule-', 'guard-resource-'])
      expect(member.resource('aws_cloudwatch_event_target', `cloudtrail_${id}target`)).toMatchObject({
        arn: bus,
        role_arn: '${aws_iam_role.cloudtrail_forwarder.arn}',
        dead_letter_config: { arn: '${aws_sqs_queue.cloudtrail_undelivered.arn}' },
      });
    expect(member.statements('aws_iam_role_policy', 'cloudtrail_forwarder-policy')).toEqual([
      { Sid: 'PutFindings', Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus] },
    ]);
  });

  it('with `mode: report` in the settings, the remediator cannot change any group of a member account', () => {
    const [, reporting] = synthesisedStacks({ ...settings, mode: 'report' }, baselines);

    expect(sidsOf(reporting, 'config-remediator')).toEqual(['ReadSecurityGroups', 'ReadPrefixLists', 'PutEvaluations']);
  });
});

it('with limits, the remediator has the same permissions in every account, and the scope of the rule is not a single group', () => {
  const limits = [
    limitIn('no-ssh', { all: true, except: { tags: { Bastion: 'yes' } } }),
    limitIn('narrowed', { ids: ['sg-00000001'] }, { repair: 'narrow' }),
  ];
  const [ofCentral, ofMember, ofOrganization] = synthesisedStacks(settings, [], limits);
  const rightsIn = (stack: Template | undefined) =>
    stack?.statements('aws_iam_role_policy', 'config-remediator_policy').filter(({ Sid }) => /^RestoreLimited|^ReplaceRules/.test(Sid));

  expect(rightsIn(ofMember)).toHaveLength(3);
  expect(rightsIn(ofMember)).toEqual(rightsIn(ofCentral));
  expect(ofOrganization?.only('aws_config_organization_custom_rule')).not.toHaveProperty('resource_id_scope');
});

describe('a StackSet', () => {
  const withStackSet = { ...settings.organization, stackSet: { organizationalUnits: ['ou-ab12-exampleid', 'ou-ab12-otherunit'] } };
  const synthesisedWith = (more: object) => synthesis({ ...settings, organization: { ...withStackSet, ...more } }, baselines);

  it('the StackSet deploys to each organizational unit, after the event bus exists and before the rule that needs the recorders', () => {
    const { stacks, templateTexts } = synthesisedWith({});
    const [, , ofOrganization] = stacks;

    expect(ofOrganization?.dependencies).toEqual(['portcullis-eu-west-1', 'portcullis-444455556666-eu-west-1']);
    expect(ofOrganization?.only('aws_cloudformation_stack_set')).toMatchObject({
      name: 'portcullis-members-eu-west-1',
      permission_model: 'SERVICE_MANAGED',
      capabilities: ['CAPABILITY_NAMED_IAM'],
      auto_deployment: { enabled: true, retain_stacks_on_account_removal: false },
      call_as: 'SELF',
    });
    expect(ofOrganization?.resources('aws_cloudformation_stack_set_instance').map((each) => each.deployment_targets)).toEqual([
      { organizational_unit_ids: ['ou-ab12-exampleid'] },
      { organizational_unit_ids: ['ou-ab12-otherunit'] },
    ]);
    expect(ofOrganization?.only('aws_config_organization_custom_rule').depends_on).toEqual([
      'aws_cloudformation_stack_set_instance.members-ou-ab12-exampleid',
      'aws_cloudformation_stack_set_instance.members-ou-ab12-otherunit',
    ]);
    const body = String(ofOrganization?.only('aws_cloudformation_stack_set').template_body).replace(/([$%])\1\{/g, '$1{');
    expect(templateTexts.map((text) => JSON.parse(text) as unknown)).toEqual([JSON.parse(body)]);
  });

  it('EventBridge rules report calls on the StackSet in the central account, and calls on its stack in each member account', () => {
    const { stacks } = synthesisedWith({});
    const [ofCentral, ofMember] = stacks;

    for (const stack of [ofCentral, ofMember])
      expect(stack?.resource('aws_cloudwatch_event_rule', 'cloudtrail_guard-rule').event_pattern).toContain('portcullis-members-');
    expect(ofCentral?.resource('aws_cloudwatch_event_rule', 'cloudtrail_member-guard-rule').event_pattern).toContain('aws.cloudformation');
    expect(member.resource('aws_cloudwatch_event_rule', 'cloudtrail_guard-rule').event_pattern).not.toContain('cloudformation');
  });

  it('Terraform creates the StackSet as a delegated administrator if the central account is not the management account', () => {
    const more = { managementAccountId: '999900001111', excludedAccounts: ['999900001111'] };
    const [, , ofOrganization] = synthesisedWith(more).stacks;

    for (const type of ['aws_cloudformation_stack_set', 'aws_cloudformation_stack_set_instance'])
      for (const each of ofOrganization?.resources(type) ?? []) expect(each.call_as).toBe('DELEGATED_ADMIN');
  });

  it("the StackSet's template differs between regions, because roles are global and need different names", () => {
    const { templateTexts } = synthesis({ ...settings, regions: ['eu-west-1', 'us-east-1'], organization: withStackSet }, baselines);
    const namesIn = (text: string) => [...text.matchAll(/"RoleName": "([^"]+)"/g)].map(([, name]) => name);
    const [first = [], second = []] = templateTexts.map(namesIn);

    expect(first).toHaveLength(4);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  it('with `members: all`, synthesis writes the template for the members, but creates no StackSet', () => {
    const { stacks, templateTexts } = synthesis({ ...settings, organization: { id: 'o-exampleorgid', members: 'all' } }, baselines);

    expect(stacks.map(({ name }) => name)).toEqual(['portcullis-eu-west-1', 'portcullis-organization-eu-west-1']);
    expect(stacks[1]?.counts()).toEqual({ aws_config_organization_custom_rule: 1 });
    expect(templateTexts).toHaveLength(1);
  });
});
