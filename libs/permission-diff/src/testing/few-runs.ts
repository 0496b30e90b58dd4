import * as fc from 'fast-check';

// Under mutation testing every property is tried for every mutant: a tenth of the usual tries finds most of what all of them would, and
// nobody reads the smallest counterexample.
fc.configureGlobal({ numRuns: 10, endOnFailure: true });
