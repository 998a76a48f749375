/** The latest value of something, and ways to follow it that cannot miss a change. */
export interface Cell<T> {
  get(): T;
  /** Sets the value and wakes every follower, also when the value is the same. */
  set(next: T): void;
  /**
   * The value now, then again after each change; a slow reader skips to the latest.
   * Ends when the signal has aborted and the last change is read.
   */
  values(signal: AbortSignal): AsyncIterable<T>;
  /** Resolves with the first value, from now on, that satisfies the predicate; undefined when the signal aborts first. */
  until(satisfies: (value: T) => boolean, signal: AbortSignal): Promise<T | undefined>;
  /** Calls the listener after each change, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

export function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const self: Cell<T> = {
    get: () => value,
    set(next) {
      value = next;
      for (const changed of listeners) changed();
    },
    values: (signal) => follow([self], self.get, signal),
    async until(satisfies, signal) {
      for await (const current of self.values(signal)) if (satisfies(current)) return current;
      return undefined;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return self;
}

/** What `read` makes of several cells: now, and again after each change of any of them; otherwise as `values`. */
export async function* follow<T>(
  cells: readonly Pick<Cell<unknown>, "onChange">[],
  read: () => T,
  signal: AbortSignal,
): AsyncGenerator<T> {
  // A flag and not a promise: a change made while the reader is busy with the last value is still there afterwards.
  let unread = true;
  let wake = () => {};
  const aborted = () => wake();
  const changed = () => {
    unread = true;
    wake();
  };
  const leave = cells.map((cell) => cell.onChange(changed));
  signal.addEventListener("abort", aborted);
  try {
    for (;;) {
      if (!unread && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (!unread) return;
      unread = false;
      yield read();
    }
  } finally {
    for (const off of leave) off();
    signal.removeEventListener("abort", aborted);
  }
}
