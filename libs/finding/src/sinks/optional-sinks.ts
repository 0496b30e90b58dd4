/** The sinks that a deployment may have besides the log and the metrics. */
import type { Severity } from '../finding.js';
import { atLeast } from './at-least.js';
import { loaded } from './loaded.js';
import type { FindingSink } from './sink.js';

export interface SinkSettings {
  readonly sns?: { readonly topicArn: string; readonly minimumSeverity: Severity };
  readonly eventBridge?: { readonly eventBus: string; readonly minimumSeverity: Severity };
  readonly securityHub?: { readonly accountId: string; readonly region: string; readonly minimumSeverity: Severity };
}

/** What each sink is told of unless the settings say otherwise: machines of everything, people of what needs somebody. */
export const DEFAULT_MINIMUM_SEVERITY = {
  sns: 'medium',
  eventBridge: 'info',
  securityHub: 'low',
} as const satisfies Record<keyof SinkSettings, Severity>;

/** Returns the sinks that the settings name. Each is a bundle of its own, loaded when it first has something to deliver. */
export function optionalSinks({ sns, eventBridge, securityHub }: SinkSettings): FindingSink[] {
  const sinks: FindingSink[] = [];
  if (sns !== undefined) {
    const sink = loaded('sns', async () => (await import('./sns-sink.js')).openSnsSink(sns));
    sinks.push(atLeast(sns.minimumSeverity, sink));
  }
  if (eventBridge !== undefined) {
    const sink = loaded('eventbridge', async () => (await import('./event-bridge-sink.js')).openEventBridgeSink(eventBridge));
    sinks.push(atLeast(eventBridge.minimumSeverity, sink));
  }
  if (securityHub !== undefined)
    sinks.push(loaded('securityhub', async () => (await import('./security-hub-sink.js')).openSecurityHubSink(securityHub)));
  return sinks;
}
