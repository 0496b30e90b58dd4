/** What the benchmarks play longer than the tests do. */
export { play, schedules, type Exploration, type Schedule } from './envelope.js';
export { FORMS, mutation, mutationDetector, type Mutation } from './mutations.js';
