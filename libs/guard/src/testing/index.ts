/** The tests of the envelope. The benchmarks run more of them. */
export { play, schedules, type Exploration, type Schedule } from './envelope.js';
export { FORMS, mutation, mutationDetector, type Mutation } from './mutations.js';
