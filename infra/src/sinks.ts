/** Where findings go besides the log: what the functions are told of it, and what they need to be allowed. */
import { mayEncryptFor, mayImportFindings, mayPublishTo, mayPutEventsOn, type Statement } from './constructs/least-privilege.js';
import type { Deployment } from './deployment.js';
import type { Settings } from './settings/settings.js';

/** The variables of both functions. Source: `readSinkSettings` of @portcullis/finding. */
export const sinkEnvironment = (
  { sns, eventBus, securityHub }: Settings['sinks'],
  { accountId }: Deployment,
): Readonly<Record<string, string>> => ({
  ...(sns && { SNS_TOPIC_ARN: sns.topicArn, SNS_MINIMUM_SEVERITY: sns.minimumSeverity }),
  ...(eventBus && { EVENT_BUS: eventBus.arn, EVENT_BUS_MINIMUM_SEVERITY: eventBus.minimumSeverity }),
  ...(securityHub && {
    SECURITY_HUB_ACCOUNT_ID: accountId,
    SECURITY_HUB_MINIMUM_SEVERITY: securityHub.minimumSeverity,
  }),
});

export const mayDeliverFindings = (
  { sns, eventBus, securityHub }: Settings['sinks'],
  { partition, region, accountId }: Deployment,
): readonly Statement[] => [
  ...(sns ? [mayPublishTo(sns.topicArn)] : []),
  // The region is the topic's: it may be another than that of the groups.
  ...(sns?.kmsKeyArn === undefined ? [] : [mayEncryptFor('Findings', sns.kmsKeyArn, 'sns', regionOf(sns.topicArn))]),
  ...(eventBus ? [mayPutEventsOn(eventBus.arn)] : []),
  ...(securityHub ? [mayImportFindings(`arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`)] : []),
];

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
