/** Whether a text is a topic filter: `+` only as a whole level, `#` only as the whole last one (MQTT 5 §4.7). */
export function isFilter(text: string): boolean {
  const levels = text.split("/");
  const last = levels.length - 1;
  return text !== "" && levels.every((level, i) => /^(\+|[^+#\0]*)$/.test(level) || (level === "#" && i === last));
}

/** Whether topics match a filter: `a/+/c` matches `a/b/c`, `a/#` matches `a` and all below it. */
export function matcher(filter: string): (topic: string) => boolean {
  const wanted = filter.split("/");
  return (topic) => {
    const levels = topic.split("/");
    // Topics with $ belong to the broker: wildcards at the beginning don't find them.
    if (topic.startsWith("$") && !filter.startsWith("$")) return false;
    const open = wanted.at(-1) === "#";
    const fixed = open ? wanted.slice(0, -1) : wanted;
    if (open ? levels.length < fixed.length : levels.length !== fixed.length) return false;
    return fixed.every((level, i) => level === "+" || level === levels[i]);
  };
}
