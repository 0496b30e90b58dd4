import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Finding } from './finding.js';
import type { findingSchema } from './schema.js';
import { findingJsonSchema } from './schema.js';
import { withinBytes } from './size.js';
import { bare, example, large } from './testing/example.js';

const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../finding.schema.json'), 'utf8'));

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

it('takes exactly what the type allows: this compiles only while it does', () => {
  const isSame: Equal<z.output<typeof findingSchema>, Finding> = true;

  expect(isSame).toBe(true);
});

it('is in the committed file as the code generates it: `nx run finding:schema` writes it anew', () => {
  expect(JSON.stringify(committed)).toBe(JSON.stringify(findingJsonSchema()));
});

it('says of every key what it is for, and takes no other', () => {
  const text = JSON.stringify(findingJsonSchema());
  const mute = z.fromJSONSchema(findingJsonSchema());

  expect(text.split('"additionalProperties":false').length).toBe(text.split('"properties":').length);
  expect(findingJsonSchema()).toMatchObject({ $id: 'urn:portcullis:finding:1', title: 'Portcullis finding' });
  for (const [key, property] of Object.entries(findingJsonSchema().properties as object))
    expect([key, property]).toEqual([key, expect.objectContaining({ description: expect.any(String) as string })]);
  expect(mute.safeParse({ ...example(), extra: 1 }).success).toBe(false);
});

describe('who reads findings by it', () => {
  const schema = z.fromJSONSchema(findingJsonSchema());

  it.each<[string, Finding]>([
    ['a drift', example()],
    ['one of which nothing is known', bare],
    ['one with all there may be', { ...large(2), egress: { authorize: [], revoke: [] }, wake: { outcome: 'withheld', otherOwner: null } }],
    ['one that was too large', withinBytes(large(900), 1_000)],
    [
      'one about ICMP, groups and lists',
      example({
        access: {
          gained: [
            {
              protocol: 'icmp',
              source: { groupId: 'sg-2', userId: '111122223333' },
              fromType: 8,
              toType: 8,
              fromCode: 0,
              toCode: 255,
            },
            { protocol: '7-16', source: { prefixListId: 'pl-1' } },
          ],
          lost: [],
        },
      }),
    ],
  ])('takes %s, as JSON', (_, finding) => {
    expect(schema.safeParse(JSON.parse(JSON.stringify(finding))).error).toBeUndefined();
  });

  it.each<[string, object]>([
    ['another version', { schemaVersion: 2 }],
    ['another kind', { kind: 'alarm' }],
    ['no summary', { summary: '' }],
    ['a group without its id', { group: { name: 'web' } }],
    ['a port too many', { access: { gained: [{ protocol: 'tcp', source: { cidr: '::/0' }, fromPort: 0, toPort: 65_536 }], lost: [] } }],
  ])('does not take %s', (_, changed) => {
    expect(schema.safeParse({ ...example(), ...changed }).success).toBe(false);
  });
});

describe('a finding that is too large', () => {
  it('loses its longest lists, one after the other, and says so', () => {
    const told = large(900);

    expect(withinBytes(told, Infinity)).toBe(told);
    expect(withinBytes(told, 250_000).omitted).toEqual(['rules']);
    expect(withinBytes(told, 250_000).rules).toBeUndefined();
    expect(withinBytes(told, 10_000)).toMatchObject({
      omitted: ['rules', 'access', 'egress', 'authorize', 'revoke'],
      revoke: [],
    });
    expect(withinBytes({ ...told, egress: { authorize: [], revoke: [] } }, 250_000)).toHaveProperty('egress');
    expect(withinBytes({ ...told, egress: { authorize: [], revoke: [] } }, 10_000)).not.toHaveProperty('egress');
  });
});
