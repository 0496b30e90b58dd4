import type { Permit } from '@portcullis/baseline';

export interface DatedPermit extends Permit {
  /** Whether the last day of the permit is over. */
  readonly isOver: boolean;
}

export function datedPermitsToPlan({ permit }: { readonly permit: readonly Permit[] }, today: string): DatedPermit[] {
  return permit.map((each) => ({ ...each, isOver: each.until !== undefined && each.until < today }));
}
