/** Checks the starter limits, and compares them with public controls. The table of the results is in docs/limits.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessBeyond, permissionsOf, type Rule } from '@portcullis/permission-diff';
import { exposedServices, hasService, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { rulesFromWords } from '@portcullis/permission-diff/testing';
import type { Limit } from './compiled/baseline.js';
import { parseCompiledBaseline, renderCompiledBaseline } from './compiled/compiled.js';
import { EVASIVE, INNOCENT, type LimitCase } from './testing/limit-cases.js';
import { PUBLIC_CONTROLS, sourceOf } from './testing/public-controls.js';
import { readValidFile } from './testing/valid-files.js';

const FOLDER = join(__dirname, '../starter');
const starters = readdirSync(FOLDER)
  .sort()
  .map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);

const limitsIn = (text: string): readonly Limit[] => parseCompiledBaseline(renderCompiledBaseline(readValidFile(text))).limits ?? [];

function addressesOf({ lists = {} }: LimitCase): ReadonlyMap<string, ReturnType<typeof sourceOf>[]> {
  return new Map(Object.entries(lists).map(([id, blocks]) => [id, blocks.map(sourceOf)]));
}

const isBroken = ({ ingress }: Limit, group: LimitCase): boolean =>
  accessBeyond(rulesFromWords(group.ingress), ingress, { addresses: addressesOf(group) }).ranges.length > 0;

const exposed = (group: LimitCase): readonly SensitiveService[] =>
  exposedServices([...rulesFromWords(group.ingress), ...rulesFromWords(group.egress ?? [], 'egress')], addressesOf(group));

const limits = starters.flatMap(([, text]) => limitsIn(text));

describe.each(starters)('libs/baseline/starter/%s', (_, text) => {
  it('the starter file is valid, and its limits only report and apply to every group', () => {
    const read = limitsIn(text);

    expect(read).not.toEqual([]);
    expect(read.map(({ mode, groups }) => [mode, groups.all])).toEqual(read.map(() => ['report', true]));
  });

  it('the comment above each limit names its source, and the traffic that only the limit forbids', () => {
    const comments = text.split(/^ {2}- name: .*$/m).slice(0, -1);

    expect(comments.filter((comment) => !/# .*https:\/\/\S+/.test(comment) || !comment.includes('This limit also forbids'))).toEqual([]);
  });
});

function quotaUsedBy(group: LimitCase): number {
  const entries = ({ source }: Rule) => (source.kind === 'prefixList' ? (group.lists?.[source.prefixListId]?.length ?? 1) : 1);
  return rulesFromWords(group.ingress).reduce((sum, rule) => sum + entries(rule), 0);
}

it("the test cases are forty dangerous and forty harmless groups, each within EC2's quota of rules", () => {
  for (const groups of [EVASIVE, INNOCENT]) {
    expect(groups).toHaveLength(40);
    expect(new Set(groups.map(({ title }) => title)).size).toBe(40);
    expect(new Set(groups.map(({ title, ...group }) => JSON.stringify(group))).size).toBe(40);
    // EC2's default quota is 60 rules in each direction. A rule with a prefix list counts as many times as the list has entries.
    expect(groups.filter((group) => quotaUsedBy(group) > 60)).toEqual([]);
  }
});

it.each(EVASIVE.map((group) => [group.title, group] as const))('the starter limits report a dangerous group: %s', (_, group) => {
  const services = exposed(group);

  // `exposedServices` counts addresses and uses no limit, so this check confirms independently that SSH or RDP is exposed.
  expect(services.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^(SSH|RDP)$/)]));
  // The group must break every starter limit that is about one of the exposed services.
  expect(limits.filter((limit) => services.some((service) => isAbout(limit, service)) && !isBroken(limit, group))).toEqual([]);
});

it.each(INNOCENT.map((group) => [group.title, group] as const))('the starter limits do not report a harmless group: %s', (_, group) => {
  expect(exposed(group)).toEqual([]);
  expect(limits.filter((limit) => isBroken(limit, group)).map(({ name }) => name)).toEqual([]);
});

function isAbout({ ingress }: Limit, service: SensitiveService): boolean {
  return ingress.some(({ services }) => services.some((traffic) => hasService(traffic, service)));
}

/** Returns two cells of the table: the number of dangerous groups and the number of harmless groups that `reports` reports. */
function countsOf(isInScope: (service: SensitiveService) => boolean, reports: (group: LimitCase) => boolean): readonly string[] {
  const inScope = EVASIVE.filter((group) => exposed(group).some(isInScope));
  return [`${inScope.filter(reports).length} of ${inScope.length}`, `${INNOCENT.filter(reports).length} of ${INNOCENT.length}`];
}

it('docs/limits.md compares the starter limits with public controls', () => {
  const controls = PUBLIC_CONTROLS.map(({ name, url, says, about, reading, reports }) => {
    const isInScope = ({ protocol, port }: SensitiveService) => about.includes(`${protocol}/${port}`);
    // `permissionsOf` writes the rules in EC2's own spelling, because a real control reads the rules from EC2.
    const counts = countsOf(isInScope, ({ ingress, lists = {} }) => reports({ ingress: permissionsOf(rulesFromWords(ingress)), lists }));
    return [`[${name}](${url})`, says, ...counts, reading];
  });
  const ours = limits.map((limit) => {
    const counts = countsOf(
      (service) => isAbout(limit, service),
      (group) => isBroken(limit, group),
    );
    return [`\`${limit.name}\``, '', ...counts, ''];
  });
  const document = readFileSync(join(__dirname, '../../../docs/limits.md'), 'utf8');
  const [, section = ''] = /^## Compared with public controls$([^]*?)^## /m.exec(document) ?? [];
  const cellsOf = (row: string) => row.split('|').slice(1, -1);
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));

  expect(rows.map((row) => cellsOf(row).map((cell) => cell.trim()))).toEqual([...controls, ...ours]);
});
