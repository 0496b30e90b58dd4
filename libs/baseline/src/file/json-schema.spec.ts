import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import * as z from 'zod';
import { choices, compiledBaselines, spelt } from '../testing/baselines.js';
import { baselineSchemaAllowsAt, baselineJsonSchema } from './json-schema.js';

const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../../baseline.schema.json'), 'utf8'));

it('the JSON Schema equals the committed file, which `nx run baseline:schema` writes', () => {
  expect(JSON.stringify(committed)).toBe(JSON.stringify(baselineJsonSchema()));
});

it('the JSON Schema describes every key of the format', () => {
  const keys: [key: string, schema: object][] = [];
  JSON.stringify(baselineJsonSchema(), (key, value: object) => {
    // `oneOf` only says which keys exclude each other, so its keys need no description.
    if (key === 'oneOf') return undefined;
    if (key === 'properties') keys.push(...Object.entries(value));
    return value;
  });

  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter(([, schema]) => !('description' in schema))).toEqual([]);
});

it('the JSON Schema allows no unknown keys', () => {
  const text = JSON.stringify(baselineJsonSchema(), (key, value: unknown) => (key === 'oneOf' ? undefined : value));

  expect(text.split('"properties"').length).toBe(text.split('"additionalProperties":false').length);
});

describe('an editor can check a file with the JSON Schema', () => {
  const schema = z.fromJSONSchema(baselineJsonSchema());

  it('an editor with the JSON Schema accepts every valid file', () => {
    fc.assert(
      fc.property(compiledBaselines, choices, (compiled, choose) => {
        expect(schema.safeParse(parse(spelt(compiled, choose).replace('\uFEFF', ''))).error).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  const valid = { name: 'a', groups: { ids: ['sg-abc12345'] }, ingress: [] };

  // zod's export omits these conditions, so `schema.ts` adds them with `meta`.
  it.each([
    ['no selection', { ...valid, groups: {} }],
    ['no tag', { ...valid, groups: { tags: {} } }],
    ['a source group without an id', { ...valid, ingress: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupName: 'web' }] }] }],
    ['a clause with two keys', { ...valid, ignore: [{ sourceGroup: 'sg-abc12345', prefixList: 'pl-abc12345' }] }],
  ])('an editor with the JSON Schema refuses %s', (_, baseline) => {
    expect(schema.safeParse({ version: 1, baselines: [valid] }).success).toBe(true);
    expect(schema.safeParse({ version: 1, baselines: [baseline] }).success).toBe(false);
  });
});

it('baselineSchemaAllowsAt returns the types and keys that are allowed at a path', () => {
  expect(baselineSchemaAllowsAt(['baselines', 3, 'ingress', 0, 'FromPort'])?.types).toEqual(['integer']);
  expect(baselineSchemaAllowsAt(['baselines', 3, 'groups'])?.keys).toEqual(['ids', 'tags', 'names', 'vpcs']);
  expect(baselineSchemaAllowsAt(['baselines', 3, 'groups', 'tags', 'Tier'])?.types).toEqual(['string']);
  expect(baselineSchemaAllowsAt(['limits', 0, 'ingress', 0, 'services'])?.types).toEqual(['string', 'array']);
  expect(baselineSchemaAllowsAt(['limits', 0, 'ingress', 0, 'services', 2])).toMatchObject({
    types: ['string', 'object'],
    keys: ['IpProtocol', 'FromPort', 'ToPort'],
    texts: expect.arrayContaining(['ssh']) as string[],
  });
  expect(baselineSchemaAllowsAt(['baselines', 'groups'])).toBeUndefined();
  expect(baselineSchemaAllowsAt(['constructor'])).toBeUndefined();
});
