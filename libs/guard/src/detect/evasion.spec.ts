import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baselineGroupIds, selectsByCriteria, baselineDependsOnTags } from '@portcullis/baseline';
import { eventPattern } from '@portcullis/cloudtrail';
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import { compiled, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { ec2With, findingsOf } from '../testing/detector.js';
import { EVASIONS } from '../testing/evasions.js';

const evasions = EVASIONS.map((evasion) => [evasion.name, evasion] as const);

it.each(evasions)(
  'the detector changes nothing and reports the attack when Mallory %s',
  async (_, { declared, group, event, outcome, summary }) => {
    const ec2 = group instanceof SimulatedEc2 ? group : ec2With(group);

    const findings = await findingsOf(event, ec2, ...declared);

    expect(findings.map(({ kind, severity }) => `${kind}, ${severity}`)).toEqual([outcome]);
    expect(findings[0]?.summary).toContain(summary);
    expect(ec2.calls.filter((call) => !/^(read|describe|find|list)/.test(call))).toEqual([]);
  },
);

it.each(evasions)('the event pattern matches the record of the call when Mallory %s', (_, { declared, event }) => {
  const baselines = compiled(...declared);
  const options = { byIdOnly: !selectsByCriteria(baselines), tagsMatter: baselineDependsOnTags(baselines) };

  expect(matchesPattern(eventPattern(baselineGroupIds(baselines), options), event as object)).toBe(true);
});

it('docs/detection.md lists exactly the evasions that are tested', () => {
  const document = readFileSync(join(__dirname, '../../../../docs/detection.md'), 'utf8');
  const rows = document.split('\n').flatMap((line) => /^\| Mallory (\S.+?) +\| .+? +\| (.+?) +\|$/.exec(line)?.slice(1, 3) ?? []);

  expect(rows).toEqual(EVASIONS.flatMap(({ name, outcome }) => [name, outcome]));
});
