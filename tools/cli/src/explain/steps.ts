/** The steps of a reasoning in their order, which is that in which questions were asked, not answered. */

export class Steps {
  private readonly slots: (string | undefined)[] = [];

  add(step: string): void {
    this.slots.push(step);
  }

  /** Keeps the next place for a step that is yet to be known. */
  reserve(): (step: string) => void {
    const place = this.slots.push(undefined) - 1;
    return (step) => {
      this.slots[place] = step;
    };
  }

  get list(): readonly string[] {
    return this.slots.filter((step) => step !== undefined);
  }
}
