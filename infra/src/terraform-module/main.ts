// The command `portcullis-module`: writes a Terraform module for a settings file.
import { parseArgs } from 'node:util';
import { writeTerraformModule } from './write-module.js';

const HELP = `portcullis-module SETTINGS --out FOLDER [--region REGION]

Writes a Terraform module that guards the groups of a baseline: use it with \`module "portcullis" { source = "./FOLDER" }\`.
SETTINGS is a settings file such as portcullis.yaml. It names the baseline.

  --out FOLDER     the folder to write the module to
  --region REGION  the region of the module, if the settings name several`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, region: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const [settingsFile, ...others] = positionals;
  if (values.help) console.log(HELP);
  else if (settingsFile === undefined || others.length > 0 || values.out === undefined)
    throw new Error(`expected one settings file and \`--out FOLDER\`\n\n${HELP}`);
  else {
    const written = writeTerraformModule({ settingsFile, region: values.region, outdir: values.out });
    if (!written.ok) throw new Error(written.problems.join('\n'));
    for (const file of written.files) console.log(`wrote ${file}`);
    for (const note of written.notes) console.error(`note: ${note}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
