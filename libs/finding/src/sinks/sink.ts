/** Where findings go. */
import type { Finding } from '../finding.js';

export interface FindingSink {
  readonly name: string;
  /**
   * Delivers the findings and resolves to those it could not deliver. May throw: then none of them was.
   *
   * @param signal ends what is under way.
   */
  emit(findings: readonly Finding[], signal: AbortSignal): Promise<readonly Undelivered[]>;
}

export interface Undelivered {
  readonly findingId: string;
  readonly reason: string;
}
