import type { Severity } from '../finding/finding.js';
import { closesDrift } from '../formats/finding-record.js';
import type { EventBridgeTarget } from './event-bridge-sink.js';
import type { SecurityHubTarget } from './security-hub-sink.js';
import { sinkFromSeverity, lazySink, type FindingSink } from './sink.js';
import type { SnsTarget } from './sns-sink.js';

/** The sinks besides the log and the metrics. */
export interface SinkSettings {
  readonly sns?: SnsTarget & MinimumSeverity;
  readonly eventBridge?: EventBridgeTarget & MinimumSeverity;
  readonly securityHub?: SecurityHubTarget;
}

export interface MinimumSeverity {
  readonly minimumSeverity: Severity;
}

/** The default minimum severity of each sink. Machines get every finding. People get only the findings that need a person. */
export const DEFAULT_MINIMUM_SEVERITY = {
  sns: 'medium',
  eventBridge: 'info',
  securityHub: 'low',
} as const satisfies Record<keyof SinkSettings, Severity>;

/** Returns the sinks in the settings. Each sink is a separate bundle, which is loaded when it first has something to deliver. */
export function optionalSinks({ sns, eventBridge, securityHub }: SinkSettings): FindingSink[] {
  const sinks: FindingSink[] = [];
  if (sns !== undefined) {
    const sink = lazySink('sns', async () => (await import('./sns-sink.js')).openSnsSink(sns));
    sinks.push(sinkFromSeverity(sns.minimumSeverity, sink));
  }
  if (eventBridge !== undefined) {
    const sink = lazySink('eventbridge', async () => (await import('./event-bridge-sink.js')).openEventBridgeSink(eventBridge));
    // A SIEM keeps a finding open until its closing event arrives.
    sinks.push(sinkFromSeverity(eventBridge.minimumSeverity, sink, eventBridge.format === 'portcullis' ? undefined : closesDrift));
  }
  // Security Hub needs every finding, because a harmless finding may close a drift.
  if (securityHub !== undefined)
    sinks.push(lazySink('securityhub', async () => (await import('./security-hub-sink.js')).openSecurityHubSink(securityHub)));
  return sinks;
}
