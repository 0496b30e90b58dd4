import {
  compareAccess,
  covers,
  diffPermissions,
  InvalidPermissionError,
  isWorldOpen,
  overlaps,
  planAccess,
  readConfigItem,
  readRules,
  readSecurityGroup,
  readSecurityGroupRules,
  type IpPermission,
} from '@portcullis/permission-diff';
import { assert, property, stringify } from 'fast-check';
import { garbage } from '../garbage.js';
import { count, type Suite } from '../report.js';

/** Reports whether the value was accepted. */
type Take = (value: unknown) => boolean;

const GOOD: readonly IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

/** Every function that takes what others have written. Those that throw must throw `InvalidPermissionError`, readers nothing. */
const FUNCTIONS: Readonly<Record<string, Take>> = {
  diffPermissions: throwing((value) => diffPermissions(value, GOOD)),
  compareAccess: throwing((value) => compareAccess(GOOD, value)),
  'compareAccess with addresses': throwing((value) => compareAccess(GOOD, GOOD, { addresses: value as never })),
  covers: throwing((value) => covers(value, GOOD)),
  overlaps: throwing((value) => overlaps(GOOD, value)),
  isWorldOpen: throwing((value) => isWorldOpen(value)),
  planAccess: throwing((value) => planAccess(GOOD, value, { permit: value })),
  readRules: (value) => readRules(value).ok,
  readSecurityGroup: (value) => readSecurityGroup(value).ok,
  readSecurityGroupRules: (value) => readSecurityGroupRules(value).ok,
  readConfigItem: (value) => readConfigItem(value).ok,
};

/** What the compiler would not let through: somebody else's data. */
function throwing(call: (permissions: readonly IpPermission[]) => unknown): Take {
  return (value) => {
    try {
      call(value as readonly IpPermission[]);
      return true;
    } catch (error) {
      if (error instanceof InvalidPermissionError && error.problems.length > 0) return false;
      throw error;
    }
  };
}

export interface FuzzResult {
  readonly taken: Readonly<Record<string, { accepted: number; refused: number }>>;
  /** What was thrown that must not be, in words, with the value. */
  readonly faults: readonly string[];
}

/** Hands so many generated values to every function. */
export function fuzzed(values: number): FuzzResult {
  const taken = Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, { accepted: 0, refused: 0 }]));
  const faults: string[] = [];
  const hand = property(garbage(), (value) => {
    for (const [name, take] of Object.entries(FUNCTIONS)) {
      try {
        const tally = taken[name];
        if (tally !== undefined) tally[take(value) ? 'accepted' : 'refused']++;
      } catch (error) {
        faults.push(`${name}: ${String(error)}: ${stringify(value)}`);
      }
    }
  });
  assert(hand, { numRuns: values, seed: 1 });
  return { taken, faults };
}

export const fuzz: Suite = {
  name: 'fuzz',
  about: 'generated values through every function that takes data of others',
  run: ({ quick }) => {
    const values = quick ? 20_000 : 1_000_000;
    const { taken, faults } = fuzzed(values);
    return Promise.resolve({
      tables: [
        {
          title: `${count(values)} generated values, each given to every function`,
          head: ['function', 'accepted', 'refused'],
          rows: Object.entries(taken).map(([name, { accepted, refused }]) => [name, count(accepted), count(refused)]),
        },
      ],
      promises: [
        {
          promise: `nothing but InvalidPermissionError is thrown at ${count(values)} generated values`,
          measured: `${count(faults.length)} other errors`,
          kept: faults.length === 0,
        },
      ],
      notes: faults.slice(0, 5),
      figures: { values, taken, faults: faults.length },
    });
  },
};
