/** Builds the JSON Schema of the baseline file for editors, and looks up the keys and types that are allowed at a path. */
import type { Path } from '@portcullis/yaml-file';
import * as z from 'zod';
import { baselineFile } from './schema.js';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The URL of the baseline file's JSON Schema, for editors: in the newest published package of this major version. */
export const BASELINE_SCHEMA_URL = 'https://unpkg.com/@portcullis/baseline@0/baseline.schema.json';

/**
 * Returns the JSON Schema of the baseline file in draft 7, which VS Code's YAML extension accepts. `readBaselineFile` finds more problems,
 * such as permissions that EC2 would refuse and groups that are selected twice.
 */
export function baselineJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = baselineFileSchema();
  return {
    $schema,
    $id: BASELINE_SCHEMA_URL,
    title: 'Portcullis baseline',
    description: 'The rules that security groups must have, the limits of what they may let in, and which groups they are.',
    ...schema,
  };
}

/** The allowed types, keys and texts at a path of a baseline file. */
export interface Allowed {
  /** JSON Schema's names for the types: `object`, `array`, `string`, `number`, `integer`. A value has several if it may be a name or a list. */
  readonly types: readonly string[];
  /** The keys that an object may have here. */
  readonly keys: readonly string[];
  /** The texts that are allowed here. Empty if there is no list of them. */
  readonly texts: readonly string[];
}

/** Returns the allowed types, keys and texts at the path, or `undefined` if the format does not have the path. */
export function schemaAllowsAt(path: Path): Allowed | undefined {
  let schemas = schemaAlternatives(baselineFileSchema());
  for (const step of path) {
    const next = schemas.map((schema) => jsonSchemaObject(typeof step === 'number' ? schema.items : jsonSchemaOfKey(schema, step)));
    schemas = next.flatMap((schema) => (schema === undefined ? [] : schemaAlternatives(schema)));
  }
  if (schemas.length === 0) return undefined;
  return {
    types: schemas.flatMap(({ type }) => type ?? []),
    keys: schemas.flatMap(({ properties }) => Object.keys(properties ?? {})),
    texts: schemas.flatMap((schema) => schema.enum ?? []).filter((each) => typeof each === 'string'),
  };
}

/** Returns the schema itself, or the schemas of a union. */
function schemaAlternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((each) => schemaAlternatives(each));
}

let cached: JsonSchema | undefined;
function baselineFileSchema(): JsonSchema {
  return (cached ??= z.toJSONSchema(baselineFile, { target: 'draft-7', io: 'input' }));
}

/** Returns the schema of a key, which is a property or any key of a map such as tags. */
function jsonSchemaOfKey({ properties = {}, additionalProperties }: JsonSchema, key: string): JsonSchema['items'] {
  return Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
}

function jsonSchemaObject(schema: JsonSchema['items']): JsonSchema | undefined {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : undefined;
}
