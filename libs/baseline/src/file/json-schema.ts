/** Builds the JSON Schema of the baseline file for editors, and looks up the keys and types that are allowed at a path. */
import type { Path } from '@portcullis/yaml-file';
import * as z from 'zod';
import { baselineFile } from './schema.js';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * Returns the JSON Schema of the baseline file in draft 7, which VS Code's YAML extension accepts. `readBaselineFile` finds more problems,
 * such as permissions that EC2 would refuse and groups that are selected twice.
 */
export function baselineJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = fileSchema();
  return {
    $schema,
    $id: 'urn:portcullis:baseline:1',
    title: 'Portcullis baseline',
    description: 'The rules that security groups must have, and which groups they are.',
    ...schema,
  };
}

/** The allowed type and keys at a path of a baseline file. */
export interface Allowed {
  /** JSON Schema's name for the type: `object`, `array`, `string`, `number`, `integer`. */
  readonly type: string | undefined;
  /** The keys that an object may have here. */
  readonly keys: readonly string[];
}

/** Returns the allowed type and keys at the path, or `undefined` if the format does not have the path. */
export function allowedAt(path: Path): Allowed | undefined {
  let schema: JsonSchema | undefined = fileSchema();
  for (const step of path) {
    schema = schemaOf(typeof step === 'number' ? schema?.items : schemaOfKey(schema, step));
  }
  if (schema === undefined) return undefined;
  const type = typeof schema.type === 'string' ? schema.type : undefined;
  return { type, keys: Object.keys(schema.properties ?? {}) };
}

let cached: JsonSchema | undefined;
function fileSchema(): JsonSchema {
  return (cached ??= z.toJSONSchema(baselineFile, { target: 'draft-7', io: 'input' }));
}

function ownOf<T>(fields: Record<string, T> | undefined, key: string): T | undefined {
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** Returns the schema of a key, which is a property or any key of a map such as tags. */
function schemaOfKey(schema: JsonSchema | undefined, key: string): JsonSchema['items'] {
  return ownOf(schema?.properties, key) ?? schema?.additionalProperties;
}

function schemaOf(schema: JsonSchema['items']): JsonSchema | undefined {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : undefined;
}
