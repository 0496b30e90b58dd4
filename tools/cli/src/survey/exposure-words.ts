/** Says what an exposure opens to whom. */
import type { Exposure } from '@portcullis/finding';
import { formatSource } from '@portcullis/permission-diff';
import { abbreviateList } from '../render/listed.js';

/** Returns e.g. `SSH (tcp/22) open to the internet (0.0.0.0/0)`. */
export function surveyExposureWords(exposure: Exposure): string {
  const { service, traffic, rules } = exposure;
  const port = service === traffic ? '' : ` (${traffic})`;
  const sources = [...new Set(rules.map(({ source }) => formatSource(source)))];
  return `${service}${port} open to ${exposureReachWords(exposure)} (${abbreviateList(sources)})`;
}

export function exposureReachWords({ reach }: Exposure): string {
  return reach === 'world' ? 'the internet' : 'a wide range';
}
