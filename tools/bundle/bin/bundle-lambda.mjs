#!/usr/bin/env node
// Runs the TypeScript source directly, so that the command works in a fresh clone without a build.
import { tsImport } from 'tsx/esm/api';

await tsImport('../src/main.ts', import.meta.url);
