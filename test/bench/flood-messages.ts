export const MESSAGES = 100_000;
/** Durations go round from 1 to this many minutes, the longest that a zone can have. */
export const ROUND = 180;

/** What the daemon says of them. */
export interface Counted {
  arrived: number;
  /** So many did not come right after the one before on their topic. */
  misplaced: number;
  /** In MB, after each thousand. */
  residentMb: number[];
}
