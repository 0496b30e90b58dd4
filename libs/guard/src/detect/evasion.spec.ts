import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveRules, compiled } from '@portcullis/security-groups/testing';
import { eventPattern } from '@portcullis/cloudtrail';
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import { guardedGroupIds, selectsByCriteria, tagsMatter } from '@portcullis/baseline';
import { detector, ec2With, web } from '../testing/detector.js';
import { EVASIONS } from '../testing/evasions.js';

describe('is detected who', () => {
  it.each(EVASIONS.map((evasion) => [evasion.name, evasion] as const))('%s', async (_, evasion) => {
    const { declared = compiled(web), live, world, event, found } = evasion;
    const ec2 = ec2With(liveRules(...live));
    world?.(ec2);

    const [finding, ...others] = await detector(ec2, { declared }).run(event);

    expect(finding).toMatchObject({
      kind: found.kind,
      severity: found.severity,
      summary: expect.stringContaining(found.summary) as string,
    });
    expect(others).toEqual([]);
    expect(ec2.calls.filter((call) => !/^(read|describe|find|list)/.test(call))).toEqual([]);
  });
});

it.each(EVASIONS.map(({ name, event, declared = compiled(web) }) => [name, event, declared] as const))(
  'EventBridge delivers it, too: %s',
  (_, event, declared) => {
    const options = { byIdOnly: !selectsByCriteria(declared), tagsMatter: tagsMatter(declared) };

    expect(matchesPattern(eventPattern(guardedGroupIds(declared), options), event as object)).toBe(true);
  },
);

it('the table of docs/detection.md is this list', () => {
  const document = readFileSync(join(__dirname, '../../../../docs/detection.md'), 'utf8');
  const rows = document.split('\n').flatMap((line) => /^\| Mallory (\S.+?) +\| (.+?) +\| (.+?) +\|$/.exec(line)?.slice(1, 4) ?? []);

  expect(rows).toEqual(EVASIONS.flatMap(({ name, beats, found }) => [name, beats, `${found.kind}, ${found.severity}`]));
});
