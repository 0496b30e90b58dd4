// Generates finding.schema.json from the zod schema in `schema.ts`, and formats it with Prettier.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findingJsonSchema } from '@portcullis/finding/schema';
import { format, resolveConfig } from 'prettier';

const file = fileURLToPath(new URL('../finding.schema.json', import.meta.url));
const options = { ...(await resolveConfig(file)), filepath: file };
await writeFile(file, await format(JSON.stringify(findingJsonSchema()), options));
