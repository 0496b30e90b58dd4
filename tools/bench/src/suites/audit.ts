import { compareAccess, diffPermissions } from '@portcullis/permission-diff';
import { drifted, realisticGroup } from '../inputs.js';
import { Random } from '../random.js';
import { count, duration, ratio, type Suite } from '../report.js';

/** In milliseconds. */
const PROMISED = 1000;
const GROUPS = 10_000;

export const audit: Suite = {
  name: 'audit',
  about: 'an audit of 10,000 groups of 60 rules each',
  run: ({ quick }) => {
    const groups = quick ? GROUPS / 10 : GROUPS;
    const random = new Random(5);
    // One group in ten has drifted.
    const pairs = Array.from({ length: groups }, () => {
      const required = realisticGroup(random, 60);
      return { required, actual: random.oneIn(10) ? drifted(random, required) : structuredClone(required) };
    });
    const timed = (isDrifted: (pair: (typeof pairs)[number]) => boolean) => {
      let fastest = Infinity;
      let found = 0;
      for (let round = 0; round < 3; round++) {
        const start = performance.now();
        found = pairs.filter(isDrifted).length;
        fastest = Math.min(fastest, performance.now() - start);
      }
      return { ms: fastest, found };
    };
    const byRule = timed(({ required, actual }) => {
      const { authorize, revoke } = diffPermissions(required, actual);
      return authorize.length + revoke.length > 0;
    });
    const byAccess = timed(({ required, actual }) => !compareAccess(required, actual).equal);
    const row = (name: string, { ms, found }: typeof byRule) => [
      ratio(ms / byRule.ms),
      name,
      duration(ms),
      duration(ms / groups),
      count(found),
    ];
    const promised = (PROMISED * groups) / GROUPS;
    return Promise.resolve({
      tables: [
        {
          title: `${count(groups)} groups of 60 rules`,
          head: ['ratio', 'by', 'in all', 'a group', 'drifted'],
          rows: [row('diffPermissions', byRule), row('compareAccess', byAccess)],
        },
      ],
      promises: [
        {
          promise: `audit of ${count(groups)} groups of 60 rules: at most ${duration(promised)} on one core`,
          measured: duration(byRule.ms),
          kept: byRule.ms <= promised,
        },
      ],
      notes: [],
      figures: { byRule, byAccess },
    });
  },
};
