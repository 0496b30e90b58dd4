import {
  boundAccess,
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
  widestBlocks,
  type IpPermission,
} from '@portcullis/permission-diff';
import { assert, property, stringify } from 'fast-check';
import { garbage } from '../garbage.js';
import { count, none, type Options, type Report } from '../harness.js';

/** Returns whether the value was accepted. */
type Take = (value: unknown) => boolean;

const GOOD: readonly IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

/** Every function that takes data from users. Readers never throw; the other functions may throw `InvalidPermissionError`. */
const FUNCTIONS: Readonly<Record<string, Take>> = {
  diffPermissions: throwing((value) => diffPermissions(value, GOOD)),
  compareAccess: throwing((value) => compareAccess(GOOD, value)),
  'compareAccess with addresses': throwing((value) => compareAccess(GOOD, GOOD, { addresses: value as never })),
  covers: throwing((value) => covers(value, GOOD)),
  overlaps: throwing((value) => overlaps(GOOD, value)),
  isWorldOpen: throwing((value) => isWorldOpen(value)),
  planAccess: throwing((value) => planAccess(GOOD, value, { permit: value })),
  boundAccess: throwing((value) => boundAccess(value, [{ services: [SSH] }], { permit: GOOD })),
  widestBlocks: throwing((value) => widestBlocks(value)),
  readRules: (value) => readRules(value).ok,
  readSecurityGroup: (value) => readSecurityGroup(value).ok,
  readSecurityGroupRules: (value) => readSecurityGroupRules(value).ok,
  readConfigItem: (value) => readConfigItem(value).ok,
};

function throwing(call: (permissions: readonly IpPermission[]) => unknown): Take {
  return (value) => {
    try {
      // The compiler would refuse the value, but a user's data has no types.
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
  /** Errors that must not occur, each with the value that caused it. */
  readonly faults: readonly string[];
}

/** Passes this many generated values to every function. */
export function fuzzed(values: number): FuzzResult {
  const taken = Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, { accepted: 0, refused: 0 }]));
  const faults: string[] = [];
  const give = property(garbage, (value) => {
    for (const [name, take] of Object.entries(FUNCTIONS)) {
      try {
        const tally = taken[name];
        if (tally !== undefined) tally[take(value) ? 'accepted' : 'refused']++;
      } catch (error) {
        faults.push(`${name}: ${String(error)}: ${stringify(value)}`);
      }
    }
  });
  assert(give, { numRuns: values, seed: 1 });
  return { taken, faults };
}

export function fuzz({ quick }: Options): Report {
  const values = count(quick ? 20_000 : 1_000_000);
  const { taken, faults } = fuzzed(values.value);
  return {
    tables: {
      [`${values.text} generated values, each given to every function`]: Object.entries(taken).map(([name, { accepted, refused }]) => ({
        function: name,
        accepted: count(accepted),
        refused: count(refused),
      })),
    },
    promises: [none(`error but InvalidPermissionError, for ${values.text} generated values`, faults)],
    notes: faults.slice(0, 5),
  };
}
