#!/usr/bin/env node
// Runs the TypeScript source as it is, so that a fresh clone can bundle with nothing built.
import { tsImport } from 'tsx/esm/api';

await tsImport('../src/main.ts', import.meta.url);
