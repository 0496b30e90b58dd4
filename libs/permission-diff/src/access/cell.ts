import type { Sender } from './sender.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, under, type Cover, type Standings } from './standing.js';

export type Side = 'required' | 'actual';

/**
 * Some senders, and how they stand at the service the sweep is at. What lets in all of them is kept here once, and not in the cells
 * within, so that a wide rule costs no more than a narrow one.
 */
export class Cell {
  /** Which sides let in exactly this cell. */
  cover: Cover = NO_COVER;
  /** How the senders stand, wider cells left aside. */
  standings: Standings = NEITHER;

  /** The latest turn in which something changed in this cell or within it, and what held before that turn. */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  standingsBefore: Standings = NEITHER;

  /** Where the run of services begins for which the cell is being told. Means nothing while it is not. */
  toldFrom = 0;

  private required = 0;
  private actual = 0;
  private parent: Cell | undefined;
  private sendersMade: readonly Sender[] | undefined;

  /**
   * @param makeSenders returns the widest senders that make up the cell.
   * @param halves the two cells that make it up, if it is ever told apart.
   */
  constructor(
    private readonly makeSenders: () => readonly Sender[],
    readonly halves?: readonly [Cell, Cell],
  ) {
    for (const half of halves ?? []) half.parent = this;
  }

  /** The widest senders that make up the cell: the same list each time. */
  get senders(): readonly Sender[] {
    return (this.sendersMade ??= this.makeSenders());
  }

  /** Takes note that a rule for exactly this cell begins (`1`) or ends (`-1`). Returns the topmost cell that this changed, if any. */
  count(side: Side, change: 1 | -1, turn: number): Cell | undefined {
    const count = (this[side] += change);
    // Only the first one in and the last one out make a difference.
    if (count !== (change === 1 ? 1 : 0)) return undefined;
    this.beginTurn(turn);
    this.cover ^= side === 'required' ? BY_REQUIRED : BY_ACTUAL;
    this.updateStandings();
    return this.parent === undefined ? this : this.parent.halfChanged(turn);
  }

  private halfChanged(turn: number): Cell {
    this.beginTurn(turn);
    this.updateStandings();
    return this.parent === undefined ? this : this.parent.halfChanged(turn);
  }

  private beginTurn(turn: number): void {
    if (this.turn === turn) return;
    this.turn = turn;
    this.coverBefore = this.cover;
    this.standingsBefore = this.standings;
  }

  private updateStandings(): void {
    const inside = this.halves === undefined ? NEITHER : this.halves[0].standings | this.halves[1].standings;
    this.standings = under(this.cover, inside);
  }
}
