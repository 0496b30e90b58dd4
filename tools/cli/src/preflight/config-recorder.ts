/** Checks that AWS Config records security groups and can invoke the guard's rule. */
import {
  ConfigServiceClient,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeDeliveryChannelsCommand,
  type ConfigurationRecorder,
} from '@aws-sdk/client-config-service';
import { countWithNoun } from '../render/counted.js';
import { awaitPreflightCall, preflightFails, preflightOk, type CheckResult, type RegionToCheck } from './check.js';

const GROUPS = 'AWS::EC2::SecurityGroup';

export async function checkConfigRecorder({ accountRegion, settings, signal }: RegionToCheck): Promise<CheckResult> {
  const { region } = accountRegion;
  const config = accountRegion.client(ConfigServiceClient);
  const options = { abortSignal: signal };
  const { ConfigurationRecorders: recorders } = await awaitPreflightCall(
    'config:DescribeConfigurationRecorders',
    config.send(new DescribeConfigurationRecordersCommand({}), options),
  );
  const { DeliveryChannels: [channel] = [] } = await awaitPreflightCall(
    'config:DescribeDeliveryChannels',
    config.send(new DescribeDeliveryChannelsCommand({}), options),
  );
  const { ConfigurationRecordersStatus: statuses } = await awaitPreflightCall(
    'config:DescribeConfigurationRecorderStatus',
    config.send(new DescribeConfigurationRecorderStatusCommand({}), options),
  );
  // Ignores the recorders of AWS services (service-linked recorders), which invoke no rules. Source:
  // https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
  const recorder = recorders?.find(({ servicePrincipal }) => servicePrincipal === undefined);
  if (recorder === undefined) {
    if (settings.recorder === 'existing')
      return preflightFails(
        'there is no configuration recorder, but the settings say `recorder: existing`',
        'without a recorder, AWS Config does not invoke the guard, so drift would be restored only with `wake: true`',
        'set `recorder: create`',
      );
    if (channel !== undefined && channel.name !== settings.name)
      return preflightFails(
        `there is a delivery channel \`${channel.name ?? ''}\` without a recorder, but the settings say \`recorder: create\``,
        // Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html
        'a region can have only one delivery channel (MaxNumberOfDeliveryChannelsExceededException)',
        `\`aws configservice delete-delivery-channel --delivery-channel-name ${channel.name ?? ''} --region ${region}\``,
      );
    return preflightOk('there is no recorder yet: `recorder: create` creates one for security groups only');
  }

  const isRunning = statuses?.find(({ name }) => name === recorder.name)?.recording === true;
  const faults = configRecorderFaults(recorder, channel !== undefined, isRunning, region);
  const what = `the recorder \`${recorder.name ?? ''}\` ${configRecorderWords(recorder)}, ${isRunning ? 'and is running' : 'and is stopped'}`;
  const why = faults.map(([fault]) => fault).join('; ');
  const fix = faults.map(([, each]) => each).join('; ');
  if (settings.recorder === 'create' && recorder.name !== settings.name)
    return preflightFails(
      `${what}; the settings say \`recorder: create\``,
      // Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html
      `a region can have only one customer-managed recorder (MaxNumberOfConfigurationRecordersExceededException)${why === '' ? '' : `; and this recorder is unsuitable: ${why}`}`,
      `set \`recorder: existing\`${fix === '' ? '' : `, and ${fix}`}`,
    );
  return faults.length > 0 ? preflightFails(what, why, fix) : preflightOk(what);
}

type Fault = readonly [fault: string, fix: string];

function configRecorderFaults(recorder: ConfigurationRecorder, hasChannel: boolean, isRunning: boolean, region: string): readonly Fault[] {
  const faults: Fault[] = [];
  if (!recordsSecurityGroups(recorder))
    faults.push([
      `the recorder ignores ${GROUPS}, so AWS Config does not invoke the rule when a group changes`,
      `add ${GROUPS} to the recording group (\`aws configservice put-configuration-recorder\`)`,
    ]);
  if (preflightRecorderIsDaily(recorder))
    faults.push([
      'the recorder records once a day, so restoring drift would take up to a day',
      `record ${GROUPS} continuously (\`recordingMode\` of \`aws configservice put-configuration-recorder\`)`,
    ]);
  if (!hasChannel) faults.push(['the recorder cannot start without a delivery channel', '`aws configservice put-delivery-channel`']);
  if (!isRunning)
    faults.push([
      'the recorder is stopped, so AWS Config invokes no rule',
      `\`aws configservice start-configuration-recorder --configuration-recorder-name ${recorder.name ?? ''} --region ${region}\``,
    ]);
  return faults;
}

/**
 * Reports whether the recorder records security groups. A recorder without a recording group records all types of resources. Source:
 * https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
 */
function recordsSecurityGroups({ recordingGroup }: ConfigurationRecorder): boolean {
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
function preflightRecorderIsDaily({ recordingMode }: ConfigurationRecorder): boolean {
  const override = recordingMode?.recordingModeOverrides?.find(({ resourceTypes }) => resourceTypes?.includes(GROUPS));
  return (override ?? recordingMode)?.recordingFrequency === 'DAILY';
}

function configRecorderWords(recorder: ConfigurationRecorder): string {
  if (!recordsSecurityGroups(recorder)) return `does not record ${GROUPS}`;
  const { allSupported, resourceTypes = [] } = recorder.recordingGroup ?? { allSupported: true };
  const types = allSupported === true || resourceTypes.length === 0 ? 'all types' : countWithNoun(resourceTypes.length, 'resource type');
  return `records ${types}, ${GROUPS} ${preflightRecorderIsDaily(recorder) ? 'once a day' : 'continuously'}`;
}
