/**
 * Takes an IANA time zone for this process's own, so that `Date` speaks it. (`Intl` could do without, and takes 8 MB.)
 * Throws RangeError when there is no such zone.
 */
export function liveIn(timeZone: string): void {
  process.env.TZ = knownTimeZone(timeZone);
}

/** The name of a time zone as `liveIn` needs it. Throws RangeError when there is no such zone. */
export function knownTimeZone(name: string): string {
  const { TZ } = process.env;
  try {
    process.env.TZ = name;
    // What is unknown is UTC to Node. What is as good as UTC, or may be no name at all, needs a closer look.
    const months = [new Date(2026, 0), new Date(2026, 6)];
    if (/^[a-z_-]+(\/[a-z_-]+)+$/i.test(name) && months.some((month) => month.getTimezoneOffset() !== 0)) return name;
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
  const { timeZone } = Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
  // A plain offset is a zone to Intl alone: in TZ it would be UTC.
  if (/^[+-]/.test(timeZone)) throw new RangeError(`${name} is no time zone`);
  return timeZone;
}

/** The calendar day here, such as `2026-11-22`. */
export const localDay = (epochMs: number): string => localTime(epochMs).slice(0, 10);

/** A time here with its distance from UTC, such as `2026-11-22T20:15:00+08:00`. */
export function localTime(epochMs: number): string {
  const eastMinutes = -new Date(epochMs).getTimezoneOffset();
  const [hours, minutes] = [Math.trunc(Math.abs(eastMinutes) / 60), Math.abs(eastMinutes) % 60];
  const offset = [hours, minutes].map((part) => String(part).padStart(2, "0")).join(":");
  const wall = new Date(epochMs + eastMinutes * 60_000).toISOString().slice(0, 19);
  return `${wall}${eastMinutes < 0 ? "-" : "+"}${offset}`;
}
