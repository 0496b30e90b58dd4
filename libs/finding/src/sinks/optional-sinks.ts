import type { Severity } from '../finding/finding.js';
import { findingClosesDrift } from '../formats/finding-record.js';
import type { EventBridgeTarget } from './event-bridge-sink.js';
import type { SecurityHubTarget } from './security-hub-sink.js';
import { sinkFromSeverity, lazyFindingSink, type FindingSink } from './sink.js';
import type { SnsTarget } from './sns-sink.js';

/**
 * The settings of the sinks, except the log and the metrics, which are always used. Portcullis uses only sinks that have settings.
 */
export interface SinkSettings {
  readonly sns?: SnsTarget & MinimumSeverity;
  readonly eventBridge?: EventBridgeTarget & MinimumSeverity;
  readonly securityHub?: SecurityHubTarget;
}

export interface MinimumSeverity {
  readonly minimumSeverity: Severity;
}

/**
 * The default minimum severity of each sink. Programs read EventBridge, so EventBridge gets every finding. People read SNS messages, so SNS
 * gets only findings that need attention.
 */
export const DEFAULT_MINIMUM_SEVERITY = {
  sns: 'medium',
  eventBridge: 'info',
  securityHub: 'low',
} as const satisfies Record<keyof SinkSettings, Severity>;

/**
 * Returns the sinks that have settings. Each sink has its own bundle, and loads the bundle when it delivers its first finding.
 */
export function optionalSinks({ sns, eventBridge, securityHub }: SinkSettings): FindingSink[] {
  const sinks: FindingSink[] = [];
  if (sns !== undefined) {
    const sink = lazyFindingSink('sns', async () => (await import('./sns-sink.js')).snsSinkWithClient(sns));
    sinks.push(sinkFromSeverity(sns.minimumSeverity, sink));
  }
  if (eventBridge !== undefined) {
    const sink = lazyFindingSink('eventbridge', async () =>
      (await import('./event-bridge-sink.js')).eventBridgeSinkWithClient(eventBridge),
    );
    // A SIEM keeps a finding open until the event that closes the finding arrives. So the minimum severity does not apply to events that
    // close a finding.
    sinks.push(sinkFromSeverity(eventBridge.minimumSeverity, sink, eventBridge.format === 'portcullis' ? undefined : findingClosesDrift));
  }
  // `securityHubSink` applies the minimum severity itself.
  if (securityHub !== undefined)
    sinks.push(lazyFindingSink('securityhub', async () => (await import('./security-hub-sink.js')).securityHubSinkWithClient(securityHub)));
  return sinks;
}
