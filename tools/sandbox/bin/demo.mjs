#!/usr/bin/env node
// `npm run demo`
import { runFromSource } from './from-source.mjs';

runFromSource('demo/main.ts');
