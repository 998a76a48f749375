// Loaded into a daemon before anything else: SIGUSR2 steps its wall clock an hour ahead, and the next one back.
const Real = Date;
let aheadMs = 0;

globalThis.Date = class extends Real {
  constructor(...parts) {
    super(...(parts.length === 0 ? [Real.now() + aheadMs] : parts));
  }
  static now() {
    return Real.now() + aheadMs;
  }
};

process.on("SIGUSR2", () => {
  aheadMs = aheadMs === 0 ? 3_600_000 : 0;
});
