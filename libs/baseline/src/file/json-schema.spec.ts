import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import * as z from 'zod';
import { choices, compiledBaselines, spelt } from '../testing/baselines.js';
import { allowedAt, baselineJsonSchema } from './json-schema.js';

const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../../baseline.schema.json'), 'utf8'));

it('the schema is equal to the committed file, which `nx run baseline:schema` writes', () => {
  expect(JSON.stringify(committed)).toBe(JSON.stringify(baselineJsonSchema()));
});

it('the schema has a draft that editors accept, an id and a title', () => {
  expect(baselineJsonSchema()).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:portcullis:baseline:1',
    title: 'Portcullis baseline',
  });
});

/** Returns the path and the schema of every key. */
const keysIn = (schema: unknown, path: string): [path: string, schema: object][] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties: object =
    'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {};
  const here = Object.entries(properties).flatMap(([key, each]: [string, unknown]): [string, object][] => [
    [`${path}.${key}`, Object(each)],
    ...keysIn(each, `${path}.${key}`),
  ]);
  return [...here, ...('items' in schema ? keysIn(schema.items, `${path}[]`) : [])];
};

it('the schema describes every key', () => {
  const keys = keysIn(baselineJsonSchema(), '');
  const mute = keys.filter(([, schema]) => !('description' in schema)).map(([path]) => path);

  expect(keys.length).toBeGreaterThan(70);
  expect(mute).toEqual([]);
});

it('the schema allows no unknown keys', () => {
  const open = (schema: unknown): number =>
    JSON.stringify(schema).split('"properties"').length - JSON.stringify(schema).split('"additionalProperties":false').length;

  expect(open(baselineJsonSchema())).toBe(0);
});

describe('an editor that follows the schema', () => {
  const schema = z.fromJSONSchema(baselineJsonSchema());

  it('an editor accepts every valid file', () => {
    fc.assert(
      fc.property(compiledBaselines, choices, (compiled, choose) => {
        expect(schema.safeParse(parse(spelt(compiled, choose).replace('\uFEFF', ''))).error).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['no version', { baselines: [] }],
    ['no ingress', { version: 1, baselines: [{ name: 'a', groups: { ids: ['sg-abc12345'] } }] }],
    ['a wrong id', { version: 1, baselines: [{ name: 'a', groups: { ids: ['sg-1'] }, ingress: [] }] }],
    ['a wrong key', { version: 1, baselines: [{ name: 'a', groups: { ids: ['sg-abc12345'] }, ingress: [], egres: [] }] }],
    [
      'a number for a protocol',
      { version: 1, baselines: [{ name: 'a', groups: { ids: ['sg-abc12345'] }, ingress: [{ IpProtocol: -1 }] }] },
    ],
    ['no selection', { version: 1, baselines: [{ name: 'a', groups: {}, ingress: [] }] }],
    ['no tag', { version: 1, baselines: [{ name: 'a', groups: { tags: {} }, ingress: [] }] }],
    [
      'a clause with two keys',
      {
        version: 1,
        baselines: [
          {
            name: 'a',
            groups: { ids: ['sg-abc12345'] },
            ingress: [],
            ignore: [{ sourceGroup: 'sg-abc12345', prefixList: 'pl-abc12345' }],
          },
        ],
      },
    ],
  ])('an editor refuses %s', (_, file) => {
    expect(schema.safeParse(file).success).toBe(false);
  });
});

it('returns the types and keys that are allowed at a path', () => {
  expect(allowedAt(['baselines', 3, 'ingress', 0, 'FromPort'])?.type).toBe('integer');
  expect(allowedAt(['baselines', 3, 'groups'])?.keys).toEqual(['ids', 'tags', 'names', 'vpcs']);
  expect(allowedAt(['baselines', 3, 'groups', 'tags', 'Tier'])?.type).toBe('string');
  expect(allowedAt(['baselines', 'groups'])).toBeUndefined();
  expect(allowedAt(['constructor'])).toBeUndefined();
});
