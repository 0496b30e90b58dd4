import type { ApiCall } from '@portcullis/cloudtrail';
import { liveRules } from '@portcullis/security-groups/testing';
import { callBy, WEB, type TestCall } from '../testing/account-region.js';
import { callHistory } from '../testing/call-history.js';
import { findWhoRemovedRules } from './find-removals.js';
import { rememberPagesForWho } from './history-reader.js';

const REVOKE = 'RevokeSecurityGroupIngress';
const MISSING = liveRules('tcp 22 from 10.0.0.0/8', 'tcp 443 from 10.0.0.0/8').map((rule) => ({ ...rule, groupId: WEB }));

function revoked(call: TestCall): ApiCall {
  return callBy({ eventName: REVOKE, cidr: '10.0.0.0/8', ...call });
}

async function named(lookUp: Parameters<typeof findWhoRemovedRules>[1]) {
  const { byRule, since } = await findWhoRemovedRules(MISSING, lookUp, () => undefined);
  return { who: MISSING.map((rule) => byRule.get(rule)?.call.actor.userName), since };
}

it('findWhoRemovedRules stops reading when it has found the call that removed each missing rule', async () => {
  const { lookUp, asked } = callHistory([
    revoked({ by: 'ana', day: '22', port: 443 }),
    revoked({ by: 'ben', day: '21', port: 22 }),
    revoked({ by: 'chloe', day: '20', port: 22 }),
  ]);

  expect(await named(lookUp)).toEqual({ who: ['ben', 'ana'], since: null });
  expect(asked).toEqual({ [REVOKE]: 2 });
});

it('findWhoRemovedRules stops after 100 requests for each event name, and returns the time of the oldest call that it has read', async () => {
  const others = Array.from({ length: 150 }, () => revoked({ day: '22', rule: 9, port: 80 }));
  const { lookUp, asked } = callHistory([...others, revoked({ by: 'ana', day: '02', port: 22 })]);

  expect(await named(lookUp)).toEqual({ who: [undefined, undefined], since: '2026-11-22T11:00:00Z' });
  expect(asked).toEqual({ [REVOKE]: 100 });
});

it('rememberPagesForWho requests each page of the history only once for several readers', async () => {
  const { lookUp, asked } = callHistory([...['22', '21', '20'].map((day) => revoked({ day }))]);
  const again = rememberPagesForWho(lookUp);
  const read = async (pages: number): Promise<number> => {
    let count = 0;
    for await (const page of again(REVOKE)) {
      count += page.calls.length;
      if (count === pages) break;
    }
    return count;
  };

  expect([await read(1), await read(2), await read(9), await read(9)]).toEqual([1, 2, 3, 3]);
  expect(asked).toEqual({ [REVOKE]: 3 });
});
