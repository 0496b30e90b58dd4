import * as fc from 'fast-check';

// Mutation testing tries every property for every mutant. A tenth of the usual runs finds most of what all runs would find, and nobody
// reads the shrunk counterexample.
fc.configureGlobal({ numRuns: 10, endOnFailure: true });
