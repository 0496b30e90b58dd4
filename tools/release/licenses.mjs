// Collects the licenses of the npm packages in a bundle. These licenses require that a copy of the code contains their text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns a text with the names, licenses and notices of the npm packages in the bundles. Packages with equal license texts share one text.
 *
 * @param {import('esbuild').Metafile[]} metafiles esbuild's metafiles of the bundles, from builds with `absWorkingDir: workspace`
 * @param {string} workspace the root of the repository
 */
export function releaseLicensesText(metafiles, workspace) {
  const packagesOf = new Map();
  for (const folder of new Set(metafiles.flatMap(releaseLicenseFolders))) {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(workspace, folder, 'package.json'), 'utf8'));
    // CDKTF's license, the MPL, requires a link to the source code.
    const url = typeof repository === 'string' ? repository : repository?.url;
    const files = readdirSync(join(workspace, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    const texts = files.sort().map((file) => readFileSync(join(workspace, folder, file), 'utf8').trim());
    const text = texts.join('\n\n') || `License: ${license}`;
    const line = [name, version, `(${license})`, ...(url ? [url] : [])].join(' ');
    packagesOf.set(text, new Set([...(packagesOf.get(text) ?? []), line]));
  }
  return [...packagesOf]
    .map(([text, lines]) => `${[...lines].sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function releaseLicenseFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (/.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
}
