/**
 * Events in the form that AWS Config sends to the Lambda function of a custom rule. Source: AWS Config developer guide, "Example events".
 */

import { permissionsOf, type Direction, type Rule } from '@portcullis/permission-diff';
import { configuration } from '@portcullis/permission-diff/testing';

type Fields = Readonly<Record<string, unknown>>;

/** Returns the rules in the form that a configuration item has under `configuration`. */
export function configurationOf(rules: readonly Rule[]): object {
  const inDirection = (direction: Direction) => permissionsOf(rules.filter((rule) => rule.direction === direction));
  return configuration(inDirection('ingress'), inDirection('egress'));
}

/** Returns a configuration item of version 1.3 for the group `sg-1`. */
function configurationItem(changed: Fields = {}): Fields {
  return {
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: '2026-11-23T10:00:00.000Z',
    configurationStateId: 1795000000000,
    awsAccountId: '111122223333',
    configurationItemStatus: 'OK',
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: 'sg-1',
    resourceName: 'web',
    ARN: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
    awsRegion: 'eu-west-1',
    tags: {},
    relationships: [],
    configuration: configurationOf([]),
    ...changed,
  };
}

export function configEvent(invokingEvent: Fields): Fields {
  return {
    version: '1.0',
    invokingEvent: JSON.stringify(invokingEvent),
    resultToken: 'token-1',
    eventLeftScope: false,
    executionRoleArn: 'arn:aws:iam::111122223333:role/config',
    configRuleArn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abc123',
    configRuleName: 'portcullis',
    configRuleId: 'config-rule-abc123',
    accountId: '111122223333',
  };
}

export function changeEvent(item: Fields = {}): Fields {
  return configEvent({
    configurationItemDiff: null,
    configurationItem: configurationItem(item),
    notificationCreationTime: '2026-11-23T10:00:01.000Z',
    messageType: 'ConfigurationItemChangeNotification',
    recordVersion: '1.3',
  });
}

/** Returns the event for a configuration item of more than 256 KB. The event contains a summary of the item without the `configuration`. */
export function oversizedEvent(summary: Fields = {}): Fields {
  const left = { configuration: undefined, relationships: undefined, tags: undefined };
  return configEvent({
    configurationItemSummary: { changeType: 'UPDATE', ...configurationItem(left), ...summary },
    messageType: 'OversizedConfigurationItemChangeNotification',
    notificationCreationTime: '2026-11-23T10:00:01.000Z',
    recordVersion: '1.0',
  });
}

/**
 * Returns the message about a delivered snapshot that subscribers of AWS Config's delivery channel get. AWS does not document whether the
 * function of a rule also gets this message.
 */
export function snapshotEvent(): Fields {
  return configEvent({
    configSnapshotId: 'snapshot-1',
    s3ObjectKey: 'AWSLogs/111122223333/Config/eu-west-1/2026/11/23/ConfigSnapshot/snapshot-1.json.gz',
    s3Bucket: 'config-bucket',
    notificationCreationTime: '2026-11-23T10:00:00.000Z',
    messageType: 'ConfigurationSnapshotDeliveryCompleted',
    recordVersion: '1.1',
  });
}

export function scheduledEvent(awsAccountId = '111122223333'): Fields {
  return configEvent({
    awsAccountId,
    notificationCreationTime: '2026-11-23T10:00:00.000Z',
    messageType: 'ScheduledNotification',
    recordVersion: '1.0',
  });
}
