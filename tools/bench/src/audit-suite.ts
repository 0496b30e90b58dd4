import { compareAccess, diffPermissions } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { promiseAtMost, countFigure, durationFigure, ratioFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchDriftedPermissions, benchRealisticPermissions, makeBenchList, type PermissionPair } from './bench-inputs.js';
import { benchFastestRuns } from './measure.js';

const GROUPS = 10_000;
/** The promised times to compare all groups. */
const PROMISED_MILLISECONDS = { byRule: 200, byAccess: 400 };

export default function benchAudit({ quick }: BenchOptions): BenchReport {
  const groups = quick ? GROUPS / 10 : GROUPS;
  const random = randomOf(5);
  // One group in ten drifted.
  const pairs = makeBenchList(groups, (): PermissionPair => {
    const required = benchRealisticPermissions(random);
    return [required, random(10) === 0 ? benchDriftedPermissions(random, required) : structuredClone(required)];
  });
  const byRule = () =>
    pairs.filter((pair) => {
      const { authorize, revoke } = diffPermissions(...pair);
      return authorize.length + revoke.length > 0;
    }).length;
  const byAccess = () => pairs.filter((pair) => !compareAccess(...pair).equal).length;
  const [rule = NaN, access = NaN] = benchFastestRuns([byRule, byAccess], 1);
  const row = (by: string, milliseconds: number, found: number) => ({
    ratio: ratioFigure(milliseconds / rule),
    by,
    total: durationFigure(milliseconds),
    'per group': durationFigure(milliseconds / groups),
    drifted: countFigure(found),
  });
  const share = groups / GROUPS;
  const what = `audit of ${countFigure(groups).text} groups of 60 rules`;
  return {
    tables: {
      [`${countFigure(groups).text} groups of 60 rules`]: [
        row('diffPermissions', rule, byRule()),
        row('compareAccess', access, byAccess()),
      ],
    },
    promises: [
      promiseAtMost(`${what}, by rule`, durationFigure(rule), durationFigure(PROMISED_MILLISECONDS.byRule * share)),
      promiseAtMost(`${what}, by access`, durationFigure(access), durationFigure(PROMISED_MILLISECONDS.byAccess * share)),
    ],
  };
}
