/** The environment variables of both functions, besides those that `GuardFunction` sets. */
import type { Settings } from '@portcullis/settings';
import type { Deployment } from '../deployment.js';

/** Returns the variables that configure the sinks. Source: `readSinkSettings` of @portcullis/finding. */
export function sinkEnvironmentVariables(
  { sns, eventBus, securityHub }: Settings['sinks'],
  { accountId }: Deployment,
): Readonly<Record<string, string>> {
  return {
    ...(sns && { SNS_TOPIC_ARN: sns.topicArn, SNS_MINIMUM_SEVERITY: sns.minimumSeverity }),
    ...(eventBus && { EVENT_BUS: eventBus.arn, EVENT_BUS_MINIMUM_SEVERITY: eventBus.minimumSeverity }),
    ...(eventBus && eventBus.format !== 'portcullis' && { EVENT_BUS_FORMAT: eventBus.format }),
    ...(securityHub && { SECURITY_HUB_ACCOUNT_ID: accountId, SECURITY_HUB_MINIMUM_SEVERITY: securityHub.minimumSeverity }),
  };
}
