/** The schema of the baseline file for editors, and as a map of the file: which keys go where, of which type. */
import * as z from 'zod';
import { baselineFile } from './schema.js';
import type { Path } from './path.js';

/**
 * Returns the JSON Schema (draft 7, which VS Code's YAML extension takes) of the baseline file. It says less than `readBaselineFile`
 * checks: permissions that EC2 would refuse and groups selected twice are beyond it.
 */
export function baselineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(baselineFile, { target: 'draft-7', io: 'input' });
  return {
    $schema: schema.$schema,
    $id: 'urn:portcullis:baseline:1',
    title: 'Portcullis baseline',
    description: 'The rules that security groups must have, and which groups they are.',
    ...schema,
  };
}
