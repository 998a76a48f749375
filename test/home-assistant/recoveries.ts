/** How long the house took to be itself again, by what had happened to it. */
export function recoveries() {
  const took: [name: string, ms: number][] = [];
  return {
    /** Measures until this resolves; passes its result on. */
    async recovered<T>(name: string, until: () => Promise<T>): Promise<T> {
      const since = performance.now();
      const result = await until();
      took.push([name, performance.now() - since]);
      return result;
    },
    /** One line each. */
    report: () => took.map(([name, ms]) => `recovered in ${(ms / 1_000).toFixed(1).padStart(5)} s: ${name}\n`).join(""),
  };
}
