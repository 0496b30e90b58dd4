import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { diffPermissions, type IpPermission } from '@portcullis/permission-diff';
import { drifted, realisticGroup } from '../inputs.js';
import { timingsOf } from '../measure.js';
import { naiveDiff, naiveDiffByHand } from '../naive.js';
import { Random } from '../random.js';
import { ROOT } from '../root.js';
import { count, duration, ratio, type Suite } from '../report.js';

/** In diffs a second, on one core. */
const PROMISED = 20_000;

export const diff: Suite = {
  name: 'diff',
  about: '`diffPermissions` of 60 × 60 rules, beside what a user would otherwise write',
  run: async ({ quick }) => {
    const random = new Random(1);
    const required = realisticGroup(random, 60);
    const actual = drifted(random, required);
    const times = await timingsOf(
      {
        ours: () => diffPermissions(required, actual),
        node: () => naiveDiff(required, actual),
        hand: () => naiveDiffByHand(required, actual),
      },
      quick ? 100 : 1500,
    );
    const python = inPython(required, actual, quick);
    const { revoke } = diffPermissions(required, actual);
    const ourRules = revoke.flatMap(({ IpRanges = [] }) => IpRanges).length;
    const naiveRules = sourcesIn(naiveDiff(required, actual).revoke);
    const row = (name: string, ms: number) => [ratio(ms / times.ours.median), name, duration(ms), count(1000 / ms)];
    const spellings = respellings(required);
    const respelled = spellings.filter((list) => naiveDiff(required, list).revoke.length > 0);
    return {
      tables: [
        {
          title: '60 × 60 rules, ten differ: time beside diffPermissions',
          head: ['ratio', 'algorithm', 'median', 'diffs/s'],
          rows: [
            row('diffPermissions', times.ours.median),
            row('list comprehension, util.isDeepStrictEqual', times.node.median),
            row('list comprehension, comparison by hand', times.hand.median),
            ...(python === undefined ? [] : [row(`list comprehension, Python ${python.version}`, python.seconds * 1000)]),
          ],
        },
      ],
      promises: [
        {
          promise: `diffPermissions, 60 × 60 rules: at least ${count(PROMISED)} diffs/s on one core`,
          measured: `${count(1000 / times.ours.median)} diffs/s`,
          kept: 1000 / times.ours.median >= PROMISED,
        },
      ],
      notes: [
        `To undo the same drift of ${ourRules} rules the list comprehension revokes ${naiveRules} rules, for it compares whole permissions.`,
        `The same ${required.length} permissions spelled in ${spellings.length} other ways are no difference; the list comprehension finds one in ${respelled.length}.`,
        ...(python === undefined ? ['python3 is not there: the list comprehension was not timed in Python.'] : []),
      ],
      figures: { ...times, python },
    };
  },
};

function sourcesIn(permissions: readonly IpPermission[]): number {
  return permissions.flatMap(({ IpRanges = [], UserIdGroupPairs = [] }) => [...IpRanges, ...UserIdGroupPairs]).length;
}

/** The same permissions as EC2, an SDK or a person may spell them. */
function respellings(permissions: readonly IpPermission[]): readonly (readonly IpPermission[])[] {
  const withRanges = (change: (cidr: string) => string) =>
    permissions.map(({ IpRanges = [], ...rest }) => ({
      ...rest,
      IpRanges: IpRanges.map(({ CidrIp = '', ...range }) => ({ CidrIp: change(CidrIp), ...range })),
    }));
  return [
    permissions.map((permission) => ({ ...permission, IpProtocol: '6' })),
    permissions.map(({ IpRanges = [], ...rest }) => ({ ...rest, IpRanges: [...IpRanges].reverse() })),
    permissions.map((permission) => ({ ...permission, Ipv6Ranges: [], PrefixListIds: [] })),
    permissions.map(({ IpRanges = [], ...rest }) => ({
      ...rest,
      IpRanges: IpRanges.map(({ CidrIp = '' }) => ({ CidrIp })),
    })),
    permissions.flatMap(({ IpRanges = [], UserIdGroupPairs = [], ...rest }) => [
      { ...rest, IpRanges },
      { ...rest, UserIdGroupPairs },
    ]),
    withRanges((cidr) => cidr.replace('.0/', '.9/')),
    [...permissions].reverse(),
  ];
}

interface PythonTiming {
  readonly seconds: number;
  readonly version: string;
}

function inPython(required: readonly IpPermission[], actual: readonly IpPermission[], quick: boolean): PythonTiming | undefined {
  const script = join(ROOT, 'python', 'naive.py');
  const input = JSON.stringify({ required, actual, rounds: quick ? 3 : 15, repeats: quick ? 50 : 300 });
  const { status, stdout, error } = spawnSync('python3', [script], { input, encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`python3 ended with ${String(status)}`);
  return JSON.parse(stdout) as PythonTiming;
}
