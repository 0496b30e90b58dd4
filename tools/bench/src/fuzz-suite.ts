import {
  boundAccess,
  compareAccess,
  covers,
  diffPermissions,
  InvalidPermissionError,
  isWorldOpen,
  overlaps,
  planAccess,
  readConfigItemRules,
  readRules,
  readSecurityGroup,
  readSecurityGroupRules,
  widestBlocks,
  type IpPermission,
} from '@portcullis/permission-diff';
import { assert, property, stringify } from 'fast-check';
import { garbageDocument } from './garbage-documents.js';
import { countFigure, promiseNone, type BenchOptions, type BenchReport } from './bench-report.js';

/** Calls one function of the library, and returns whether the function accepted the value. */
type Take = (value: unknown) => boolean;

const GOOD: readonly IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

/**
 * Every function of the library that accepts data from users. A function whose name begins with `read` never throws. The other functions
 * can throw `InvalidPermissionError`.
 */
const FUNCTIONS: Readonly<Record<string, Take>> = {
  diffPermissions: fuzzAccepts((value) => diffPermissions(value, GOOD)),
  compareAccess: fuzzAccepts((value) => compareAccess(GOOD, value)),
  'compareAccess with addresses': fuzzAccepts((value) => compareAccess(GOOD, GOOD, { addresses: value as never })),
  covers: fuzzAccepts((value) => covers(value, GOOD)),
  overlaps: fuzzAccepts((value) => overlaps(GOOD, value)),
  isWorldOpen: fuzzAccepts((value) => isWorldOpen(value)),
  planAccess: fuzzAccepts((value) => planAccess(GOOD, value, { permit: value })),
  boundAccess: fuzzAccepts((value) => boundAccess(value, [{ services: [SSH] }], { permit: GOOD })),
  widestBlocks: fuzzAccepts((value) => widestBlocks(value)),
  readRules: (value) => readRules(value).ok,
  readSecurityGroup: (value) => readSecurityGroup(value).ok,
  readSecurityGroupRules: (value) => readSecurityGroupRules(value).ok,
  readConfigItemRules: (value) => readConfigItemRules(value).ok,
};

function fuzzAccepts(call: (permissions: readonly IpPermission[]) => unknown): Take {
  return (value) => {
    try {
      // The cast is necessary, because data from users has no type.
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
  /** A text for each unexpected error, with the value that caused the error. */
  readonly faults: readonly string[];
}

/** Passes this many generated values to every function. */
export function fuzzPermissionFunctions(values: number): FuzzResult {
  const taken = Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, { accepted: 0, refused: 0 }]));
  const faults: string[] = [];
  const give = property(garbageDocument, (value) => {
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

export default function benchFuzz({ quick }: BenchOptions): BenchReport {
  const values = countFigure(quick ? 20_000 : 1_000_000);
  const { taken, faults } = fuzzPermissionFunctions(values.value);
  return {
    tables: {
      [`${values.text} generated values, each passed to every function`]: Object.entries(taken).map(([name, { accepted, refused }]) => ({
        function: name,
        accepted: countFigure(accepted),
        refused: countFigure(refused),
      })),
    },
    promises: [promiseNone(`error except InvalidPermissionError for ${values.text} generated values`, faults)],
    notes: faults.slice(0, 5),
  };
}
