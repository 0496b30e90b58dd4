/** What a function would make of an event, and how it gets there. */
import type { Finding } from '@portcullis/finding';

export interface Explained {
  /** Each is a sentence without a final stop, in the order of the reasoning. */
  readonly steps: readonly string[];
  /** What would be reported. */
  readonly findings: readonly Finding[];
  /** The findings tell of changes that were not made. */
  readonly rehearsed: boolean;
}
