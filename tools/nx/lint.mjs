// An Nx plugin that gives every project a target `lint`. The plugin @nx/eslint would load ESLint each time that Nx computes the project
// graph, which takes a sixth of the time of a command that has nothing to do.
import { dirname } from 'node:path';
import { createNodesFromFiles } from '@nx/devkit';

function lintIn(cwd) {
  return { lint: { executor: 'nx:run-commands', options: { cwd, command: 'eslint .' }, cache: true } };
}

/** @type {import('@nx/devkit').CreateNodes} */
export const createNodes = [
  '{{apps,libs,tools}/*,infra}/package.json',
  (files, options, context) =>
    createNodesFromFiles((file) => ({ projects: { [dirname(file)]: { targets: lintIn(dirname(file)) } } }), files, options, context),
];
