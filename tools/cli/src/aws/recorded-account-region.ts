/** Opens an account and region whose groups come from the records of AWS Config. */
import type { SecurityGroups } from '@portcullis/security-groups';
import { surveyedLiveRules } from '../plan/group-state.js';
import { Failure } from '../command-line/failure.js';
import type { AccountRegion } from './account-region.js';
import type { RecordedGroups } from './aggregator.js';
import { offlineEc2Reader } from './refusing-ec2-reader.js';

/**
 * Returns an account and region whose `survey` yields the recorded groups. If the record of a group shows drift, `survey` reads the group
 * from EC2, because the record can be out of date.
 */
export function aggregatorAccountRegionWithEc2({ groups, captured }: RecordedGroups, live: AccountRegion): AccountRegion {
  return {
    ...live,
    recorded: { ...captured, isVerified: true },
    survey: async function* ({ ids } = {}, differs = () => true) {
      const asked = groups.filter(({ id }) => ids === undefined || ids.includes(id));
      const suspects = new Set(asked.filter(differs).map(({ id }) => id));
      yield asked.filter(({ id }) => !suspects.has(id));
      if (suspects.size > 0) yield* live.survey({ ids: [...suspects] });
    },
  };
}

const WHY = 'Portcullis calls EC2 only with `--role`';

/**
 * Returns an account and region that never calls AWS. The recorded groups have no rule ids, and prefix lists are unknown. Methods that need
 * a call to AWS throw.
 */
export function aggregatorAccountRegionWithoutEc2(
  { region, accountId, groups, captured }: RecordedGroups,
  account: string | undefined,
): AccountRegion {
  const refuse = (): never => {
    throw new Failure(WHY);
  };
  const reader = offlineEc2Reader(WHY);
  const port: SecurityGroups = {
    ...reader,
    readRulesOf: (ids) => {
      const asked = groups.filter(({ id }) => ids.includes(id));
      return Promise.resolve(new Map(asked.map(({ id, rules }) => [id, rules instanceof Error ? rules : surveyedLiveRules(rules)])));
    },
    authorize: refuse,
    revoke: refuse,
    replace: refuse,
  };
  return {
    ...{ region, profile: undefined, account, recorded: { ...captured, isVerified: false }, groups: port },
    accountId: () => Promise.resolve(accountId),
    accountAlias: () => Promise.resolve(null),
    survey: async function* ({ ids } = {}) {
      yield await Promise.resolve(groups.filter(({ id }) => ids === undefined || ids.includes(id)));
    },
    ...{ attachments: refuse, behind: refuse, instanceNames: refuse, callsNamed: refuse, client: refuse },
  };
}
