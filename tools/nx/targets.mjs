// An Nx plugin that gives each project a target `lint`, and each published library a target `package`. The plugin @nx/eslint would be
// slower, because it loads ESLint each time that Nx computes the project graph.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNodesFromFiles } from '@nx/devkit';

function lintTarget(cwd) {
  return { executor: 'nx:run-commands', options: { cwd, command: 'eslint .' }, cache: true };
}

/** Returns a library's target `package`. The other published projects define their own target `package`. */
function packageTarget(root) {
  return {
    command: `node tools/release/package.mjs ${root}`,
    dependsOn: ['build'],
    inputs: ['production', '^production', '{projectRoot}/README.md', '{workspaceRoot}/LICENSE', '{workspaceRoot}/tools/release/*.mjs'],
    outputs: ['{projectRoot}/package'],
    cache: true,
  };
}

/** @type {import('@nx/devkit').CreateNodes} */
export const createNodes = [
  '{{apps,libs,tools}/*,infra}/package.json',
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const root = dirname(file);
        const isPublishedLibrary = root.startsWith('libs/') && !JSON.parse(readFileSync(join(context.workspaceRoot, file), 'utf8')).private;
        const targets = { lint: lintTarget(root), ...(isPublishedLibrary && { package: packageTarget(root) }) };
        return { projects: { [root]: { targets } } };
      },
      files,
      options,
      context,
    ),
];
