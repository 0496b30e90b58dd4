/** The tests of the envelope, which the benchmarks run for longer. */
export { play, schedules, type Exploration, type Schedule } from './envelope.js';
export { FORMS, mutation, mutationDetector, type Mutation } from './mutations.js';
