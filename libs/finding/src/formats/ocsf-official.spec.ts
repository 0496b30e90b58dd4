/**
 * Compares our events, and the schema of the attributes that we use, with the official schema. Runs only with a copy of it:
 *
 *   git clone --depth 1 --branch 1.8.0 https://github.com/ocsf/ocsf-schema /tmp/ocsf-schema
 *   OCSF_SCHEMA=/tmp/ocsf-schema npx jest -c libs/finding/jest.config.mjs ocsf-official
 */
import * as z from 'zod';
import { OCSF_EVENTS } from '../testing/ocsf-events.js';
import { isOfType, ocsfProblems, readOcsfSource, type Entity, type OcsfSource } from '../testing/ocsf-source.js';
import { complianceFinding, detectionFinding } from '../testing/ocsf-schema.js';

const { OCSF_SCHEMA: folder = '' } = process.env;
const official = folder === '' ? describe.skip : describe;

official(
  folder === ''
    ? 'the official OCSF schema (skipped: set OCSF_SCHEMA to a copy of https://github.com/ocsf/ocsf-schema)'
    : 'the official OCSF schema',
  () => {
    const source = folder === '' ? undefined : readOcsfSource(folder);

    it.each(OCSF_EVENTS)('accepts %s', (_, event) => {
      expect(source && ocsfProblems(JSON.parse(JSON.stringify(event)) as Record<string, unknown>, source)).toEqual([]);
    });

    it.each([
      ['an attribute that is missing', { time: undefined }, 'time: missing'],
      ['an unknown attribute', { severity_label: 'high' }, 'severity_label: unknown attribute'],
      ['an unknown value', { status_id: 9 }, 'status_id: 9 is not one of the values'],
      ['the name of another value', { severity: 'Low' }, 'severity_id: 5 is called Critical, not Low'],
      ['a text as a time', { time: 'now' }, 'time: not a timestamp_t'],
      ['no list where it expects one', { evidences: {} }, 'evidences: not a list'],
      ['an attribute of a profile that the event does not have', { time_dt: '2026-11-23T10:00:09Z' }, 'time_dt: unknown attribute'],
    ])('refuses %s', (_, changed, problem) => {
      const [[, event]] = OCSF_EVENTS as [(typeof OCSF_EVENTS)[number]];
      const problems = source && ocsfProblems(JSON.parse(JSON.stringify({ ...event, ...changed })) as Record<string, unknown>, source);

      expect(problems).toEqual([problem]);
    });

    it.each([
      [2004, detectionFinding],
      [2003, complianceFinding],
    ] as const)('has every attribute of our schema of class %i, with its type and values, and requires no other', (id, ours) => {
      const theirs = source?.classes.get(id);

      expect(theirs && source && disagreements(ours, theirs, source)).toEqual([]);
    });
  },
);

/** Returns how our schema of an object disagrees with the official one. */
function disagreements(ours: z.ZodObject, theirs: Entity, source: OcsfSource, path = ''): string[] {
  const required = Object.entries(theirs.attributes)
    .filter(
      ([name, { requirement, profile }]) => requirement === 'required' && (profile == null || profile === 'cloud') && !(name in ours.shape),
    )
    .map(([name]) => `${path}${name}: required`);
  return [
    ...required,
    ...Object.entries(ours.shape as Record<string, z.ZodType>).flatMap(([name, schema]) => {
      const attribute = theirs.attributes[name];
      const here = `${path}${name}`;
      if (attribute === undefined) return [`${here}: unknown`];
      const isOptional = schema instanceof z.ZodOptional;
      const list = withoutWrappers(schema);
      const isList = list instanceof z.ZodArray || list instanceof z.ZodTuple;
      if (isList !== (attribute.is_array === true)) return [`${here}: ${isList ? 'not a list' : 'a list'}`];
      const element = list instanceof z.ZodArray ? list.element : list instanceof z.ZodTuple ? list.def.items[0] : list;
      const alternatives = element instanceof z.ZodUnion ? element.options : [element];
      return [
        ...(isOptional && attribute.requirement === 'required' ? [`${here}: required`] : []),
        ...alternatives.flatMap((each) => elementDisagreements(withoutWrappers(each as z.ZodType), attribute, here, source)),
      ];
    }),
  ];
}

function elementDisagreements(schema: z.ZodType, attribute: Entity['attributes'][string], path: string, source: OcsfSource): string[] {
  if (schema instanceof z.ZodObject) {
    const object = source.objects.get(attribute.type);
    return object === undefined ? [`${path}: not an object`] : disagreements(schema, object, source, `${path}.`);
  }
  if (schema instanceof z.ZodLiteral) {
    return [...schema.values].flatMap((value) =>
      isOfType(value, attribute.type, source.types) && (attribute.enum === undefined || String(value) in attribute.enum)
        ? []
        : [`${path}: no value ${String(value)}`],
    );
  }
  const sample =
    schema instanceof z.ZodString ? '203.0.113.9' : schema instanceof z.ZodBoolean ? true : schema instanceof z.ZodNumber ? 1 : {};
  return isOfType(sample, attribute.type, source.types) ? [] : [`${path}: a ${attribute.type}`];
}

function withoutWrappers(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly ? withoutWrappers(schema.unwrap() as z.ZodType) : schema;
}
