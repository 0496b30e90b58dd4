/** The result of a drill, as text and JSON. */
import type { DrillResult } from './run-drill.js';
import { DRILL_CIDR, DRILL_PORT, type DrillTarget } from './drill-target.js';
import type { Style } from '../command-line/io.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { renderWrapped } from '../render/wrapped.js';

export interface DrilledWhere {
  /** The label of the account and region: see `accountRegionLabel`. */
  readonly label: string;
  readonly region: string;
  readonly accountId: string;
  /** The start of the drill, as ISO 8601 in UTC. */
  readonly at: string;
  readonly timeoutSeconds: number;
  readonly findingOnly: boolean;
}

/** The width of the first column, including the gap after it. */
const HEAD_WIDTH = 10;

export function drillText(
  { groupId, finding, restoration, cleanUp }: DrillResult,
  { baseline }: DrillTarget,
  { label, timeoutSeconds, findingOnly }: DrilledWhere,
  { colours, columns }: Style,
): string {
  const line = (head: string, text: string): string =>
    `${colours.bold(head.padEnd(HEAD_WIDTH - 2))}  ${renderWrapped(text, HEAD_WIDTH, columns)}\n`;
  const timed = (head: string, seen: { readonly seconds: number } | null, details = ''): string => {
    const when = seen === null ? `not within ${timeoutSeconds} s` : `after ${seen.seconds.toFixed(1)} s`;
    // Adds colours after wrapping, because `renderWrapped` needs text without escape sequences.
    return line(head, when + details).replace(when, seen === null ? colours.red : colours.green);
  };
  return [
    line('opened', `tcp/${DRILL_PORT} from ${DRILL_CIDR} in ${groupId} of ${label}, baseline ${baseline.name}`),
    timed('finding', finding, finding === null ? '' : `  ${finding.severity}: ${safeTerminalLine(finding.summary)}`),
    findingOnly ? '' : timed('restored', restoration),
    line('clean-up', cleanUp),
  ].join('');
}

/** Returns the result as JSON. Later versions can add members, but never change existing members. */
export function drillJson(
  { groupId, finding, restoration, cleanUp }: DrillResult,
  { baseline, kind }: DrillTarget,
  { accountId, region, at, findingOnly }: DrilledWhere,
): object {
  return {
    schemaVersion: 1,
    accountId,
    region,
    at,
    baseline: baseline.name,
    mode: baseline.mode,
    group: { id: groupId, created: kind === 'new' },
    rule: { protocol: 'tcp', port: DRILL_PORT, cidr: DRILL_CIDR },
    finding: finding && { seconds: finding.seconds, id: finding.id, severity: finding.severity, summary: finding.summary },
    restoration: findingOnly ? 'not awaited' : restoration,
    cleanUp,
  };
}
