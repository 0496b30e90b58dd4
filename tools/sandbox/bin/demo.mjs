#!/usr/bin/env node
import { runFromSource } from './from-source.mjs';

runFromSource('demo/main.ts');
