import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { bare, example, large } from '../testing/example.js';
import type { Finding } from './finding.js';
import { findingJsonSchema } from './schema.js';
import { shortenFinding } from './finding-size.js';

const schema = z.fromJSONSchema(findingJsonSchema());

it('finding.schema.json equals the schema that `nx run finding:schema` generates from the code', () => {
  const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../../finding.schema.json'), 'utf8'));

  expect(JSON.stringify(committed)).toBe(JSON.stringify(findingJsonSchema()));
});

it('the schema describes every key of a finding, and refuses unknown keys at every level', () => {
  const text = JSON.stringify(findingJsonSchema());

  expect(text.split('"additionalProperties":false').length).toBe(text.split('"properties":').length);
  expect(findingJsonSchema()).toMatchObject({
    $id: 'https://unpkg.com/@portcullis/finding@0/finding.schema.json',
    title: 'Portcullis finding',
  });
  for (const [key, property] of Object.entries(findingJsonSchema().properties as object))
    expect([key, property]).toEqual([key, expect.objectContaining({ description: expect.any(String) as string })]);
});

const icmpAndAll = {
  gained: [
    { protocol: 'icmp', source: { groupId: 'sg-2', userId: '111122223333' }, fromType: 8, toType: 8, fromCode: 0, toCode: 255 },
    { protocol: '7-16', source: { prefixListId: 'pl-1' } },
  ],
  lost: [],
} as const;

it.each<[string, Finding]>([
  ['a drift', example()],
  ['a finding with only the required values', bare],
  [
    'a finding with every optional key',
    {
      ...large(2),
      group: { ...example().group, tags: { Owner: 'ana' } },
      egress: { authorize: [], revoke: [] },
      exposure: {
        ...{ services: ['SMB'], moreServices: 0, declared: ['10.0.0.0/8'] },
        attached: {
          ...{ interfaces: 1, withPublicAddress: 1, moreUsers: 0 },
          users: [{ kind: 'instance', id: 'i-1', name: 'bastion-1', publicAddresses: ['203.0.113.9'] }],
        },
      },
      controls: [{ standard: 'PCI DSS v4.0.1', id: '1.3.1' }],
      fix: { commands: ['aws ec2'], console: 'https://eu-west-1.console.aws.amazon.com/' },
      wake: { outcome: 'withheld', otherOwner: null },
    },
  ],
  ['a finding that was shortened to its size limit', shortenFinding(large(900), 1_000)],
  ['a finding about ICMP, groups and prefix lists', example({ access: icmpAndAll })],
])('the schema accepts the JSON of %s', (_, finding) => {
  expect(schema.safeParse(JSON.parse(JSON.stringify(finding))).error).toBeUndefined();
});

it.each<[string, object]>([
  ['another version', { schemaVersion: 2 }],
  ['an unknown kind', { kind: 'alarm' }],
  ['an empty summary', { summary: '' }],
  ['a group without an id', { group: { name: 'web' } }],
  ['a port above 65535', { access: { gained: [{ protocol: 'tcp', source: { cidr: '::/0' }, fromPort: 0, toPort: 65_536 }], lost: [] } }],
  ['an unknown key', { extra: 1 }],
])('the schema refuses %s', (_, changed) => {
  expect(schema.safeParse({ ...example(), ...changed }).success).toBe(false);
});

it('`shortenFinding` removes lists from a finding until its JSON is small enough, and names the removed lists in `omitted`', () => {
  const finding = { ...large(900), egress: { authorize: [], revoke: [] } };

  expect(shortenFinding(finding, Infinity)).toBe(finding);
  expect(shortenFinding(finding, 250_000)).toEqual({ ...finding, rules: undefined, omitted: ['rules'] });
  expect(shortenFinding(finding, 10_000)).toEqual({
    ...finding,
    ...{ rules: undefined, egress: undefined, access: { gained: [], lost: [] }, authorize: [], revoke: [] },
    omitted: ['rules', 'access', 'egress', 'authorize', 'revoke'],
  });
});
