/** The generators that the benchmarks share with the tests. The benchmarks run many more schedules and records. */
export { play, schedules, type Exploration, type Schedule } from './envelope.js';
export { FORMS, mutation, mutationDetector, type Mutation } from './mutations.js';
