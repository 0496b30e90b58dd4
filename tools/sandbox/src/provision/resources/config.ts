import {
  DeleteConfigRuleCommand,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  DescribeConfigRulesCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
  type ConfigRule,
  type MaximumExecutionFrequency,
  type MessageType,
  type Owner,
  type ResourceType,
  type SourceDetail,
} from '@aws-sdk/client-config-service';
import type { Arguments } from '../arguments.js';
import { differencesOf, given, resourceType, unlessAbsent, type Place } from '../resource-type.js';

const noRecorder = 'NoSuchConfigurationRecorderException';
const noChannel = 'NoSuchDeliveryChannelException';
const noRule = 'NoSuchConfigRuleException';

const recorder = resourceType({
  read: (args) => ({
    name: args.text('name'),
    roleArn: args.text('role_arn'),
    recordingGroup: args.optionalBlock('recording_group', (group) => ({
      allSupported: group.optionalFlag('all_supported'),
      resourceTypes: group.optionalTexts('resource_types'),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { config } }) => {
    const describe = new DescribeConfigurationRecordersCommand({ ConfigurationRecorderNames: [args.name] });
    const actual = (await unlessAbsent(config.send(describe), noRecorder))?.ConfigurationRecorders?.[0];
    if (actual === undefined) return undefined;
    return {
      attributes: { id: args.name },
      differences: differencesOf(args, {
        name: actual.name,
        roleArn: actual.roleARN,
        recordingGroup: {
          allSupported: actual.recordingGroup?.allSupported,
          resourceTypes: actual.recordingGroup?.resourceTypes,
        },
      }),
    };
  },
  create: async ({ name, roleArn, recordingGroup }, { clients: { config } }) => {
    await config.send(
      new PutConfigurationRecorderCommand({
        ConfigurationRecorder: {
          name,
          roleARN: roleArn,
          recordingGroup: recordingGroup && {
            allSupported: recordingGroup.allSupported,
            // Whatever text names a type, AWS Config is the judge of it.
            resourceTypes: recordingGroup.resourceTypes?.map((type) => type as ResourceType),
          },
        },
      }),
    );
  },
  remove: async ({ name }, { clients: { config } }) => {
    await config.send(new DeleteConfigurationRecorderCommand({ ConfigurationRecorderName: name }));
  },
});

interface RecorderStatusArguments {
  readonly name: string;
  readonly isEnabled: boolean;
}

const startOrStop = async (
  { name: ConfigurationRecorderName, isEnabled }: RecorderStatusArguments,
  { clients: { config } }: Place,
): Promise<void> => {
  await (isEnabled
    ? config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName }))
    : config.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName })));
};

// A recorder always has a status. One that stands still is as if the resource were not there: that is what its removal leaves.
const recorderStatus = resourceType<RecorderStatusArguments>({
  read: (args) => ({ name: args.text('name'), isEnabled: args.optionalFlag('is_enabled') ?? false }),
  attributes: ['id'],
  find: async (args, { clients: { config } }) => {
    const describe = new DescribeConfigurationRecorderStatusCommand({ ConfigurationRecorderNames: [args.name] });
    const status = (await unlessAbsent(config.send(describe), noRecorder))?.ConfigurationRecordersStatus?.[0];
    const isEnabled = status?.recording === true;
    if (status === undefined || (args.isEnabled && !isEnabled)) return undefined;
    return { attributes: { id: args.name }, differences: differencesOf(args, { name: status.name, isEnabled }) };
  },
  create: startOrStop,
  remove: (args, place) => startOrStop({ ...args, isEnabled: false }, place),
});

const deliveryChannel = resourceType({
  read: (args) => ({
    name: args.text('name'),
    s3BucketName: args.text('s3_bucket_name'),
    s3KeyPrefix: args.optionalText('s3_key_prefix'),
  }),
  attributes: ['id'],
  find: async (args, { clients: { config } }) => {
    const describe = new DescribeDeliveryChannelsCommand({ DeliveryChannelNames: [args.name] });
    const actual = (await unlessAbsent(config.send(describe), noChannel))?.DeliveryChannels?.[0];
    return actual && { attributes: { id: args.name }, differences: differencesOf(args, actual) };
  },
  create: async (args, { clients: { config } }) => {
    await config.send(new PutDeliveryChannelCommand({ DeliveryChannel: args }));
  },
  remove: async ({ name }, { clients: { config } }) => {
    await config.send(new DeleteDeliveryChannelCommand({ DeliveryChannelName: name }));
  },
});

const readRule = (args: Arguments) => ({
  name: args.text('name'),
  description: args.optionalText('description'),
  inputParameters: args.optionalText('input_parameters'),
  scope: args.optionalBlock('scope', (scope) => ({
    complianceResourceTypes: scope.optionalTexts('compliance_resource_types'),
    complianceResourceId: scope.optionalText('compliance_resource_id'),
  })),
  source: args.optionalBlock('source', (source) => ({
    owner: source.text('owner'),
    sourceIdentifier: source.optionalText('source_identifier'),
    sourceDetail: source.blocks('source_detail', (detail) => ({
      eventSource: detail.optionalText('event_source') ?? 'aws.config',
      messageType: detail.optionalText('message_type'),
      maximumExecutionFrequency: detail.optionalText('maximum_execution_frequency'),
    })),
  })),
});

type RuleArguments = ReturnType<typeof readRule>;

const describeRule = async (name: string, { clients: { config } }: Place): Promise<ConfigRule | undefined> => {
  const describe = new DescribeConfigRulesCommand({ ConfigRuleNames: [name] });
  return (await unlessAbsent(config.send(describe), noRule))?.ConfigRules?.[0];
};

// Whatever text names an owner, a message type or a frequency, AWS Config is the judge of it.
const ruleOf = ({ name, description, inputParameters, scope, source }: RuleArguments): ConfigRule => ({
  ConfigRuleName: name,
  Description: description,
  InputParameters: inputParameters,
  Scope: scope && {
    ComplianceResourceTypes: scope.complianceResourceTypes && [...scope.complianceResourceTypes],
    ComplianceResourceId: scope.complianceResourceId,
  },
  Source: source && {
    Owner: source.owner as Owner,
    SourceIdentifier: source.sourceIdentifier,
    SourceDetails: source.sourceDetail.map((detail): SourceDetail => ({
      EventSource: 'aws.config',
      MessageType: detail.messageType as MessageType | undefined,
      MaximumExecutionFrequency: detail.maximumExecutionFrequency as MaximumExecutionFrequency | undefined,
    })),
  },
});

const configRule = resourceType<RuleArguments>({
  read: readRule,
  attributes: ['arn', 'id', 'rule_id'],
  find: async (args, place) => {
    const actual = await describeRule(args.name, place);
    if (actual === undefined) return undefined;
    return {
      attributes: {
        arn: given(actual.ConfigRuleArn, 'ConfigRuleArn'),
        id: args.name,
        rule_id: given(actual.ConfigRuleId, 'ConfigRuleId'),
      },
      differences: differencesOf(args, {
        name: actual.ConfigRuleName,
        description: actual.Description,
        inputParameters: actual.InputParameters,
        scope: {
          complianceResourceTypes: actual.Scope?.ComplianceResourceTypes,
          complianceResourceId: actual.Scope?.ComplianceResourceId,
        },
        source: {
          owner: actual.Source?.Owner,
          sourceIdentifier: actual.Source?.SourceIdentifier,
          sourceDetail: (actual.Source?.SourceDetails ?? []).map((detail) => ({
            eventSource: detail.EventSource,
            messageType: detail.MessageType,
            maximumExecutionFrequency: detail.MaximumExecutionFrequency,
          })),
        },
      }),
    };
  },
  create: async (args, { clients: { config } }) => {
    await config.send(new PutConfigRuleCommand({ ConfigRule: ruleOf(args) }));
  },
  // A rule that is put again is named by its ARN or id beside its name; its name alone will do.
  remove: async ({ name }, { clients: { config } }) => {
    await config.send(new DeleteConfigRuleCommand({ ConfigRuleName: name }));
  },
});

export const configResources = {
  aws_config_config_rule: configRule,
  aws_config_configuration_recorder: recorder,
  aws_config_configuration_recorder_status: recorderStatus,
  aws_config_delivery_channel: deliveryChannel,
};
