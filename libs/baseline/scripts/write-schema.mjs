// Writes baseline.schema.json from the code, with this repository's formatting, so that the file always agrees with the code.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { baselineJsonSchema } from '@portcullis/baseline/file';
import { format, resolveConfig } from 'prettier';

const file = fileURLToPath(new URL('../baseline.schema.json', import.meta.url));
const options = { ...(await resolveConfig(file)), filepath: file };
await writeFile(file, await format(JSON.stringify(baselineJsonSchema()), options));
