/** Whether AWS Config can record for the guard. */
import {
  ConfigServiceClient,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeDeliveryChannelsCommand,
  paginateDescribeConfigRules,
  type ConfigurationRecorder,
} from '@aws-sdk/client-config-service';
import { counted } from '../render/counted.js';
import { answered, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

const GROUPS = 'AWS::EC2::SecurityGroup';

export async function recorderChecks({ place, settings, signal }: RegionToCheck): Promise<readonly Check[]> {
  const config = place.client(ConfigServiceClient);
  const send = { abortSignal: signal };
  const [recorders, channels, statuses] = [
    await answered('config:DescribeConfigurationRecorders', config.send(new DescribeConfigurationRecordersCommand({}), send)),
    await answered('config:DescribeDeliveryChannels', config.send(new DescribeDeliveryChannelsCommand({}), send)),
    await answered('config:DescribeConfigurationRecorderStatus', config.send(new DescribeConfigurationRecorderStatusCommand({}), send)),
  ];
  // A service's own recorder neither counts nor invokes rules.
  // Source: https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
  const recorder = recorders.ConfigurationRecorders?.find(({ servicePrincipal }) => servicePrincipal === undefined);
  const channel = channels.DeliveryChannels?.[0];
  const status = statuses.ConfigurationRecordersStatus?.find(({ name }) => name === recorder?.name);
  const check = (outcome: Check['outcome'], what: string, why?: string, fix?: string): readonly Check[] => [
    { about: 'recorder', outcome, what, ...(why !== undefined && { why }), ...(fix !== undefined && { fix }) },
  ];

  if (recorder === undefined) {
    if (settings.recorder === 'existing')
      return check(
        'fails',
        'there is no configuration recorder, and the settings say `recorder: existing`',
        'AWS Config invokes no rule where nothing is recorded: no drift would be restored but for `wake`',
        'set `recorder: create`',
      );
    if (channel !== undefined && channel.name !== settings.name)
      return check(
        'fails',
        `there is no recorder, but the delivery channel \`${channel.name ?? ''}\`, and the settings say \`recorder: create\``,
        // Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html
        'a region has one delivery channel: a second is refused (MaxNumberOfDeliveryChannelsExceededException)',
        `\`aws configservice delete-delivery-channel --delivery-channel-name ${channel.name ?? ''} --region ${place.region}\``,
      );
    return check('ok', 'there is no recorder yet: `recorder: create` makes one for security groups alone');
  }

  const faults = faultsOf(recorder, channel !== undefined, status?.recording ?? false, place.region);
  const what = `the recorder \`${recorder.name ?? ''}\` ${recordedBy(recorder)}, ${status?.recording === true ? 'and is running' : 'and is stopped'}`;
  const suits = faults.map(({ fault }) => fault).join('; ');
  const fix = faults.map(({ fix: each }) => each).join('; ');
  if (settings.recorder === 'create' && recorder.name !== settings.name)
    return check(
      'fails',
      `${what}; the settings say \`recorder: create\``,
      // Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html
      `a region has one recorder of its own: a second is refused (MaxNumberOfConfigurationRecordersExceededException)${faults.length > 0 ? `; and this one does not do: ${suits}` : ''}`,
      `set \`recorder: existing\`${faults.length > 0 ? `, and ${fix}` : ''}`,
    );
  return faults.length > 0 ? check('fails', what, suits, fix) : check('ok', what);
}

/** What keeps a recorder from serving the guard, each with its remedy. */
function faultsOf(
  recorder: ConfigurationRecorder,
  hasChannel: boolean,
  isRunning: boolean,
  region: string,
): readonly { readonly fault: string; readonly fix: string }[] {
  const name = recorder.name ?? '';
  return [
    ...(recordsGroups(recorder)
      ? []
      : [
          {
            fault: `it does not record ${GROUPS}, so that no change of a group reaches the rule`,
            fix: `add ${GROUPS} to its recording group (\`aws configservice put-configuration-recorder\`)`,
          },
        ]),
    ...(isDaily(recorder)
      ? [
          {
            fault: 'it records once a day, so that a drift would be restored a day later',
            fix: `record ${GROUPS} continuously (\`recordingMode\` of \`aws configservice put-configuration-recorder\`)`,
          },
        ]
      : []),
    ...(hasChannel
      ? []
      : [
          {
            fault: 'it has no delivery channel, without which it cannot be started',
            fix: '`aws configservice put-delivery-channel`',
          },
        ]),
    ...(isRunning
      ? []
      : [
          {
            fault: 'it is stopped, so that AWS Config invokes nothing',
            fix: `\`aws configservice start-configuration-recorder --configuration-recorder-name ${name} --region ${region}\``,
          },
        ]),
  ];
}

/** Source: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html; all types unless it says otherwise. */
function recordsGroups({ recordingGroup }: ConfigurationRecorder): boolean {
  if (recordingGroup === undefined || recordingGroup.allSupported === true) return true;
  const { recordingStrategy, exclusionByResourceTypes, resourceTypes = [] } = recordingGroup;
  switch (recordingStrategy?.useOnly) {
    case 'ALL_SUPPORTED_RESOURCE_TYPES':
      return true;
    case 'EXCLUSION_BY_RESOURCE_TYPES':
      return exclusionByResourceTypes?.resourceTypes?.includes(GROUPS) !== true;
    case 'INCLUSION_BY_RESOURCE_TYPES':
    case undefined:
      return resourceTypes.includes(GROUPS);
  }
}

/** Source: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html */
function isDaily({ recordingMode }: ConfigurationRecorder): boolean {
  const override = recordingMode?.recordingModeOverrides?.find(({ resourceTypes }) => resourceTypes?.includes(GROUPS));
  return (override ?? recordingMode)?.recordingFrequency === 'DAILY';
}

function recordedBy(recorder: ConfigurationRecorder): string {
  if (!recordsGroups(recorder)) return `does not record ${GROUPS}`;
  const { allSupported, resourceTypes = [] } = recorder.recordingGroup ?? { allSupported: true };
  const types = allSupported === true || resourceTypes.length === 0 ? 'all types' : counted(resourceTypes.length, 'resource type');
  return `records ${types}, ${GROUPS} ${isDaily(recorder) ? 'once a day' : 'continuously'}`;
}

/** Source: https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html */
const MAX_CONFIG_RULES = 1000;

export async function configRuleChecks({ place, settings, signal }: RegionToCheck): Promise<readonly Check[]> {
  const names: string[] = [];
  const count = async (): Promise<void> => {
    const client = place.client(ConfigServiceClient);
    for await (const { ConfigRules = [] } of paginateDescribeConfigRules({ client }, {}, { abortSignal: signal }))
      names.push(...ConfigRules.map(({ ConfigRuleName = '' }) => ConfigRuleName));
  };
  await answered('config:DescribeConfigRules', count());
  const what = `AWS Config has ${names.length} of at most ${MAX_CONFIG_RULES.toLocaleString('en')} rules`;
  // Of an organization the rule's name in an account has more around it.
  const isDeployed = names.some((name) => name.includes(`${settings.name}-security-groups`));
  if (names.length < MAX_CONFIG_RULES || isDeployed) return [{ about: 'config rules', outcome: 'ok', what }];
  return [
    {
      about: 'config rules',
      outcome: 'fails',
      what,
      why: 'Portcullis adds one, which is refused (MaxNumberOfConfigRulesExceededException)',
      fix: 'delete a rule that nobody needs, or ask AWS Support for more',
    },
  ];
}
