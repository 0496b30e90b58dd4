/** Describes values, types and keys for error messages. */
import { formatPath, type DataProblem, type Path } from '@portcullis/yaml-file';
import { baselineSchemaAllowsAt } from './json-schema.js';

/** Returns the end of the path in backticks: its last key, and the indexes that follow this key, such as `` `ids[1]` ``. */
export function formatBaselineKey(path: Path): string {
  const lastKey = path.findLastIndex((step) => typeof step === 'string');
  return path.length === 0 ? 'the file' : `\`${formatPath(path.slice(Math.max(0, lastKey)))}\``;
}

/** Returns the type of the value: its name in JSON Schema (`type`), and words for a message (`words`). */
export function describeBaselineValueType(value: unknown): { type: string; words: string } {
  if (value === null) return { type: 'null', words: 'empty' };
  if (Array.isArray(value)) return { type: 'array', words: 'a list' };
  if (typeof value === 'string') return { type: 'string', words: 'text' };
  if (typeof value === 'number') return { type: 'number', words: 'a number' };
  if (typeof value === 'boolean') return { type: 'boolean', words: '`true` or `false`' };
  return { type: 'object', words: 'an object' };
}

/**
 * If adding or removing quotes would make the value valid, returns how to write the value. Otherwise returns `undefined`. YAML reads `-1`
 * as a number and `"80"` as text.
 */
export function correctYamlQuotes(path: Path, value: unknown): DataProblem['expected'] | undefined {
  const types = baselineSchemaAllowsAt(path)?.types ?? [];
  const type = types.length === 1 ? types[0] : undefined;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    // `written` is the number as the file writes it. The parsed number has lost the leading zero of an account such as `012345678901`.
    return (written) => `\`"${written}"\`, in quotes`;
  }
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return `\`${value}\` without quotes`;
  }
  return undefined;
}
