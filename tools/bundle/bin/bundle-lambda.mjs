#!/usr/bin/env node
// Runs the TypeScript source, so that the command needs no build.
import { tsImport } from 'tsx/esm/api';

await tsImport('../src/main.ts', import.meta.url);
