/** Describes an exposure: the service, and the addresses that it is open to. */
import type { Exposure } from '@portcullis/finding';
import { formatSource } from '@portcullis/permission-diff';
import { renderNameWithTraffic } from '../render/access-words.js';
import { renderShortList } from '../render/listed.js';

/** Returns e.g. `SSH (tcp/22) open to the internet (0.0.0.0/0)`. Names at most 3 sources. */
export function surveyExposureWords(exposure: Exposure): string {
  const { service, traffic } = exposure;
  return `${renderNameWithTraffic(service, traffic)} open to ${surveyExposureReach(exposure)} (${renderShortList(surveyExposureSources(exposure))})`;
}

/** Returns e.g. `SSH (tcp/22) is open to 0.0.0.0/0`, with all sources. */
export function surveyExposureSentence(exposure: Exposure): string {
  return `${renderNameWithTraffic(exposure.service, exposure.traffic)} is open to ${surveyExposureSources(exposure).join(', ')}`;
}

export function surveyExposureReach({ reach }: Exposure): string {
  return reach === 'world' ? 'the internet' : 'a wide range';
}

function surveyExposureSources({ rules }: Exposure): string[] {
  return [...new Set(rules.map(({ source }) => formatSource(source)))];
}
