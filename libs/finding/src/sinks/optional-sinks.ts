/** The sinks that a deployment may have besides the log and the metrics. */
import type { SinkSettings } from '../sink-settings.js';
import { atLeast } from './at-least.js';
import { loaded } from './loaded.js';
import type { FindingSink } from './sink.js';

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
