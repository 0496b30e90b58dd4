/** Describes an exposure: the service, and the addresses that it is open to. */
import type { Exposure } from '@portcullis/finding';
import { formatSource } from '@portcullis/permission-diff';
import { nameWithTraffic } from '../render/access-words.js';
import { abbreviateList } from '../render/listed.js';

/** Returns e.g. `SSH (tcp/22) open to the internet (0.0.0.0/0)`. Names at most 3 sources. */
export function surveyExposureWords(exposure: Exposure): string {
  const { service, traffic } = exposure;
  return `${nameWithTraffic(service, traffic)} open to ${exposureReachWords(exposure)} (${abbreviateList(exposureSources(exposure))})`;
}

/** Returns e.g. `SSH (tcp/22) is open to 0.0.0.0/0`, with all sources. */
export function exposureSentence(exposure: Exposure): string {
  return `${nameWithTraffic(exposure.service, exposure.traffic)} is open to ${exposureSources(exposure).join(', ')}`;
}

export function exposureReachWords({ reach }: Exposure): string {
  return reach === 'world' ? 'the internet' : 'a wide range';
}

function exposureSources({ rules }: Exposure): string[] {
  return [...new Set(rules.map(({ source }) => formatSource(source)))];
}
