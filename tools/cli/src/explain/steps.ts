/** The steps of an explanation. */
import type { Finding } from '@portcullis/finding';

/** What a function would report about an event, and why. */
export interface Explanation {
  /** The sentences of the explanation, without full stops, in the order in which the function decides. */
  readonly steps: readonly string[];
  /** The findings that would be reported. */
  readonly findings: readonly Finding[];
  /** Whether `explain` only simulated the changes that the findings describe. */
  readonly rehearsed: boolean;
}

/** Collects steps in the order of the calls, even if the responses arrive in another order. */
export class Steps {
  private readonly slots: (string | undefined)[] = [];

  add(...steps: readonly string[]): void {
    this.slots.push(...steps);
  }

  /** Reserves the next position for a step that is not known yet. */
  reserve(): (step: string) => void {
    const position = this.slots.push(undefined) - 1;
    return (step) => {
      this.slots[position] = step;
    };
  }

  get list(): readonly string[] {
    return this.slots.filter((step) => step !== undefined);
  }
}

/** Returns a step for each problem of an event. */
export function explainEventProblems(
  problems: readonly { readonly path: string; readonly text: string; readonly expected: string }[],
): string[] {
  return problems.map(({ path, text, expected }) => `\`${path}\` is ${text}; expected ${expected}`);
}
