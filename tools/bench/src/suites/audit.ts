import { compareAccess, diffPermissions, type PermissionDiff } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { atMost, count, duration, ratio, type Options, type Report } from '../harness.js';
import { drifted, realisticGroup, times, type Pair } from '../inputs.js';
import { fastestOfEach } from '../measure.js';

const GROUPS = 10_000;
/** The limits for all groups together. */
const PROMISED_MILLISECONDS = { byRule: 200, byAccess: 400 };

export function audit({ quick }: Options): Report {
  const groups = quick ? GROUPS / 10 : GROUPS;
  const random = randomOf(5);
  // One group in ten has drifted.
  const pairs = times(groups, (): Pair => {
    const required = realisticGroup(random);
    return [required, random(10) === 0 ? drifted(random, required) : structuredClone(required)];
  });
  const byRule = () => pairs.filter((pair) => isDifferent(diffPermissions(...pair))).length;
  const byAccess = () => pairs.filter((pair) => !compareAccess(...pair).equal).length;
  const [rule = NaN, access = NaN] = fastestOfEach([byRule, byAccess], 1);
  const row = (by: string, milliseconds: number, found: number) => ({
    ratio: ratio(milliseconds / rule),
    by,
    total: duration(milliseconds),
    'per group': duration(milliseconds / groups),
    drifted: count(found),
  });
  const share = groups / GROUPS;
  const what = `audit of ${count(groups).text} groups of 60 rules`;
  return {
    tables: {
      [`${count(groups).text} groups of 60 rules`]: [row('diffPermissions', rule, byRule()), row('compareAccess', access, byAccess())],
    },
    promises: [
      atMost(`${what}, by rule`, duration(rule), duration(PROMISED_MILLISECONDS.byRule * share)),
      atMost(`${what}, by access`, duration(access), duration(PROMISED_MILLISECONDS.byAccess * share)),
    ],
  };
}

function isDifferent({ authorize, revoke }: PermissionDiff): boolean {
  return authorize.length + revoke.length > 0;
}
