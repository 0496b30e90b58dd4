/** Builds the JSON Schema of the baseline file for editors, and looks up which keys and types are allowed at a path. */
import type { Path } from '@portcullis/yaml-file';
import * as z from 'zod';
import { baselineFile } from './schema.js';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The URL of the baseline file's JSON Schema, for editors. The URL serves the schema of the newest published 0.x package. */
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
    description: 'Declares the rules that security groups must have, and limits on the traffic that their rules let in.',
    ...schema,
  };
}

/** The allowed types, keys and texts at a path of a baseline file. */
export interface Allowed {
  /**
   * The allowed types by their JSON Schema names: `object`, `array`, `string`, `number`, `integer`. For example,
   * `services` may be a string or an array.
   */
  readonly types: readonly string[];
  /** The keys that an object at this path may have. */
  readonly keys: readonly string[];
  /** The only texts that are allowed at this path. The list is empty if any text is allowed. */
  readonly texts: readonly string[];
}

/** Returns the allowed types, keys and texts of the value at this path. Returns `undefined` if the format has no such path. */
export function baselineSchemaAllowsAt(path: Path): Allowed | undefined {
  let schemas = baselineSchemaAlternatives(baselineFileSchema());
  for (const step of path) {
    const next = schemas.map((schema) => asBaselineSchema(typeof step === 'number' ? schema.items : baselineSchemaOfKey(schema, step)));
    schemas = next.flatMap((schema) => (schema === undefined ? [] : baselineSchemaAlternatives(schema)));
  }
  if (schemas.length === 0) return undefined;
  return {
    types: schemas.flatMap(({ type }) => type ?? []),
    keys: schemas.flatMap(({ properties }) => Object.keys(properties ?? {})),
    texts: schemas.flatMap((schema) => schema.enum ?? []).filter((each) => typeof each === 'string'),
  };
}

function baselineSchemaAlternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((each) => baselineSchemaAlternatives(each));
}

let cached: JsonSchema | undefined;
function baselineFileSchema(): JsonSchema {
  return (cached ??= z.toJSONSchema(baselineFile, { target: 'draft-7', io: 'input' }));
}

/** In a map such as `tags`, all keys have the same schema, `additionalProperties`. */
function baselineSchemaOfKey({ properties = {}, additionalProperties }: JsonSchema, key: string): JsonSchema['items'] {
  return Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
}

function asBaselineSchema(schema: JsonSchema['items']): JsonSchema | undefined {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : undefined;
}
