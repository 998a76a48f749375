/**
 * Tells, each time, whether anything that `textOf` says has changed since the last time, or something came or went. What is
 * the same object as last time is not looked at: one changes often, and there are hundreds.
 */
export function changes<T extends object>(textOf: (one: T) => string): (now: ReadonlyMap<string, T>) => boolean {
  const before = new Map<string, { one: T; text: string }>();
  return (now) => {
    let changed = false;
    for (const [key, one] of now) {
      const known = before.get(key);
      if (known?.one === one) continue;
      const text = textOf(one);
      changed ||= known?.text !== text;
      before.set(key, { one, text });
    }
    if (before.size > now.size) {
      changed = true;
      for (const key of before.keys()) if (!now.has(key)) before.delete(key);
    }
    return changed;
  };
}
