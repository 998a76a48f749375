/** What is wrong with the board or its cable at the moment. A test changes these at any time. */
export interface Faults {
  /** Acts on commands and keeps its dead-man timers, but sends nothing at all, no banner either. */
  silent: boolean;
  /** Hears nothing, so commands have no effect and get no answer. Its dead-man timers still run and speak. */
  deaf: boolean;
  /** The next n lines of answers are lost on the way to the host, though the relay did move. */
  loseAnswers: number;
  /** Every answer reaches the host this much later; the board itself is not held up. Lines stay in order. */
  lateAnswersMs: number;
  /** Every answer is sent twice. */
  doubleAnswers: boolean;
  /** What it sends arrives in chunks of 11 bytes, cut inside lines and line ends. */
  splitLines: boolean;
  /** The banner begins with what is left of an aborted one: `DEDEBUG: setup() complete`. */
  bannerFragment: boolean;
  /** How long the bootloader takes before the banner; it swallows what the host sends. A real Uno: 500 to 2000. */
  bannerDelayMs: number;
  /** The next n lines from the host get a wrong bit in their state (`2,on` becomes `2,gn`): two ERROR lines each. */
  garbleCommands: number;
  /** `open()` rejects with an Error of this message. In memory only: a pty can always be opened. */
  refuseOpen: string | undefined;
}

/** A board in good health. */
export function noFaults(): Faults {
  return {
    silent: false,
    deaf: false,
    loseAnswers: 0,
    lateAnswersMs: 0,
    doubleAnswers: false,
    splitLines: false,
    bannerFragment: false,
    bannerDelayMs: 0,
    garbleCommands: 0,
    refuseOpen: undefined,
  };
}
