import * as fc from 'fast-check';

// Saves time in mutation testing, which runs the property tests for each mutant. A tenth of the usual number of runs is enough for most
// mutants. `endOnFailure` skips the search for a small counterexample. With a fixed seed, each mutation test has the same result.
fc.configureGlobal({ numRuns: 10, endOnFailure: true, seed: 1 });
