#!/usr/bin/env node
// Runs the TypeScript source directly, so that a fresh clone can bundle without a build.
import { tsImport } from 'tsx/esm/api';

await tsImport('../src/main.ts', import.meta.url);
