/** What `tools/bench` and the sandbox play: nothing else may depend on an app. */
export { FORMS, mutation, mutationDetector, type Mutation } from './mutations.js';
