import type { AwsLimit } from './limits.js';
import type { LimitExcess } from './measure.js';

/**
 * Returns one line for each exceeded limit. If several resources exceed a limit, the line names the resource with the largest excess. An
 * excess in `problems` makes the deployment fail. An excess in `warnings` does not.
 */
export function describeAwsLimitExcesses(excesses: readonly LimitExcess[]): {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
} {
  const lines = (isWarning: boolean): readonly string[] =>
    [...new Set(excesses.map(({ limit }) => limit))]
      .filter((limit) => (limit.warning ?? false) === isWarning)
      .map((limit) =>
        awsLimitExcessLine(
          limit,
          excesses.filter((excess) => excess.limit === limit),
        ),
      );
  return { problems: lines(false), warnings: lines(true) };
}

function awsLimitExcessLine({ what, measure, maximum, quota, fix, source }: AwsLimit, excesses: readonly LimitExcess[]): string {
  const [worst, ...others] = [...excesses].sort((a, b) => b.measured - a.measured);
  if (worst === undefined) return '';
  const count = worst.measured.toLocaleString('en-US');
  const amount =
    measure === 'characters that are not allowed'
      ? `${count} characters that AWS does not allow`
      : `${count} ${measure}, AWS allows ${maximum.toLocaleString('en-US')}${quota === 'default' ? ' by default' : ''}`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const setting = fix === undefined ? '' : `\`${fix.setting}\`: `;
  const remedy = fix?.remedy ?? 'no setting changes this number: please report this error in Portcullis';
  return `${setting}${what}: ${amount} (${worst.at} of ${worst.where}${more}); ${remedy}; see ${source}`;
}
