import type { Settings } from '@portcullis/settings';
import type { Deployment } from '../deployment.js';
import { mayEncryptThroughService, mayImportFindings, mayPublishToTopic, mayPutEventsOnBus, type Statement } from './statements.js';

/** Returns the statements that a function needs to send findings to the sinks in the settings. */
export function mayDeliverFindings(
  { sns, eventBus, securityHub }: Settings['sinks'],
  { partition, region, accountId }: Deployment,
): readonly Statement[] {
  return [
    ...(sns ? [mayPublishToTopic(sns.topicArn)] : []),
    // The topic and the groups may be in different regions.
    ...mayEncryptThroughService('Findings', sns?.kmsKeyArn, 'sns', sns?.topicArn.split(':')[3] ?? ''),
    ...(eventBus ? [mayPutEventsOnBus(eventBus.arn)] : []),
    ...(securityHub ? [mayImportFindings(`arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`)] : []),
  ];
}
