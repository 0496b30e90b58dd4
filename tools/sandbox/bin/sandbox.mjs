#!/usr/bin/env node
// `npm run sandbox`
import { runFromSource } from './from-source.mjs';

runFromSource('main.ts');
