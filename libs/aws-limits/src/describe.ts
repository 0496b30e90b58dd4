import type { Limit } from './limits.js';
import type { Excess } from './measure.js';

/** Returns one line for each exceeded limit, with the resource that exceeds it most. Problems prevent a deployment; warnings do not. */
export function describeExcesses(excesses: readonly Excess[]): {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
} {
  const lines = (isWarning: boolean): readonly string[] =>
    [...new Set(excesses.map(({ limit }) => limit))]
      .filter((limit) => (limit.warning ?? false) === isWarning)
      .map((limit) =>
        lineOf(
          limit,
          excesses.filter((excess) => excess.limit === limit),
        ),
      );
  return { problems: lines(false), warnings: lines(true) };
}

function lineOf({ what, measure, maximum, quota, setting, remedy, source }: Limit, excesses: readonly Excess[]): string {
  const [worst, ...others] = [...excesses].sort((a, b) => b.measured - a.measured);
  if (worst === undefined) return '';
  const count = worst.measured.toLocaleString('en-US');
  const amount =
    measure === 'characters that are not allowed'
      ? `${count} characters that AWS does not take`
      : `${count} ${measure}, AWS takes ${maximum.toLocaleString('en-US')}${quota === 'default' ? ' by default' : ''}`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `\`${setting}\`: ${what}: ${amount} (${worst.at} of ${worst.where}${more}); ${remedy}; see ${source}`;
}
