import { jestConfig } from '../../tools/jest/config.mjs';

// Each file has a sandbox of its own, and its tests mostly wait for it: one worker for each core, where Jest would leave one core alone.
export default { ...jestConfig('sandbox', import.meta.dirname), maxWorkers: '100%' };
