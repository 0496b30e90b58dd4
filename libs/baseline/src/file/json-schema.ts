/** The schema of the baseline file for editors, and as a map of the file: which keys go where, and of which type. */
import type { Path } from '@portcullis/yaml-file';
import * as z from 'zod';
import { baselineFile } from './schema.js';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * Returns the JSON Schema (draft 7, which VS Code's YAML extension takes) of the baseline file. It says less than `readBaselineFile`
 * checks: permissions that EC2 would refuse and groups selected twice are beyond it.
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

/** What may stand at a place of a baseline file. */
export interface Allowed {
  /** JSON Schema's word: `object`, `array`, `string`, `number`, `integer`. */
  readonly type: string | undefined;
  /** The keys that an object may have here. */
  readonly keys: readonly string[];
}

/** Returns what may stand at the path, or `undefined` for a path that leads out of the format. */
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

/** A key is one of those the schema names, or any where it is a map, as tags are. */
function schemaOfKey(schema: JsonSchema | undefined, key: string): JsonSchema['items'] {
  return ownOf(schema?.properties, key) ?? schema?.additionalProperties;
}

function schemaOf(schema: JsonSchema['items']): JsonSchema | undefined {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : undefined;
}
