import type { Press } from "./sensor.ts";

/** Hands each press to everybody who follows, in order, none merged and none lost. */
export interface Presses {
  tell(press: Press): void;
  /** Every press from now on, until the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<Press>;
}

/** A reader that is this far behind does not read at all: the oldest go. */
const LONGEST_QUEUE = 1_000;

export function pressBoard(): Presses {
  const followers = new Set<(press: Press) => void>();

  async function* queueOf(queue: Press[], waiting: { wake(): void }, signal: AbortSignal): AsyncGenerator<Press> {
    for (;;) {
      const press = queue.shift();
      if (press) yield press;
      else if (signal.aborted) return;
      else await new Promise<void>((resolve) => (waiting.wake = resolve));
    }
  }

  return {
    tell(press) {
      for (const follower of followers) follower(press);
    },
    follow(signal) {
      const queue: Press[] = [];
      const waiting = { wake() {} };
      const follower = (press: Press) => {
        queue.push(press);
        if (queue.length > LONGEST_QUEUE) queue.shift();
        waiting.wake();
      };
      const leave = () => {
        followers.delete(follower);
        waiting.wake();
      };
      if (!signal.aborted) followers.add(follower);
      signal.addEventListener("abort", leave, { once: true });
      return queueOf(queue, waiting, signal);
    },
  };
}
