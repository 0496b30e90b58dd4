/** Builds the JSON Schema of the baseline file for editors, and looks up which keys and types are allowed at a path. */
import type { Path } from '@portcullis/yaml-file';
import * as z from 'zod';
import { baselineFile } from './schema.js';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The URL of the baseline file's JSON Schema, for editors. It leads to the newest published package of this major version. */
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
    description: 'The rules that security groups must have, the limits on what they let in, and the groups that each of them applies to.',
    ...schema,
  };
}

/** The allowed types, keys and texts at a path of a baseline file. */
export interface Allowed {
  /**
   * JSON Schema's names for the types: `object`, `array`, `string`, `number`, `integer`. There are several if the value can have one of
   * several types, such as a name or a list.
   */
  readonly types: readonly string[];
  /** The keys that an object at this path may have. */
  readonly keys: readonly string[];
  /** The texts that are allowed at this path. Empty if any text is allowed. */
  readonly texts: readonly string[];
}

/** Returns what is allowed at the path, or `undefined` if the format has no such path. */
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

/** Returns the alternatives of a union, or the schema itself if it is not a union. */
function schemaAlternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((each) => schemaAlternatives(each));
}

let cached: JsonSchema | undefined;
function baselineFileSchema(): JsonSchema {
  return (cached ??= z.toJSONSchema(baselineFile, { target: 'draft-7', io: 'input' }));
}

/** Returns the schema of a key: the schema of a property, or the schema of any key in a map such as `tags`. */
function jsonSchemaOfKey({ properties = {}, additionalProperties }: JsonSchema, key: string): JsonSchema['items'] {
  return Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
}

function jsonSchemaObject(schema: JsonSchema['items']): JsonSchema | undefined {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : undefined;
}
