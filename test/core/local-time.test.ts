import { afterEach, expect, test } from "vitest";
import { knownTimeZone, liveIn, localDay, localTime } from "../../src/local-time.ts";

const { TZ } = process.env;

afterEach(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

test("every time zone that Intl knows has the days that Intl says", () => {
  const zones = [...Intl.supportedValuesOf("timeZone"), "UTC", "Etc/UTC", "GMT", "Asia/Calcutta", "australia/perth"];
  // Midnights somewhere: both sides of the date line, summer and winter, a quarter of an hour, a future year.
  const times = ["2026-01-01T00:10Z", "2026-07-01T11:50Z", "2026-11-22T16:01Z", "2031-04-01T18:20Z"].map(Date.parse);
  for (const zone of zones) {
    const days = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
    liveIn(zone);
    expect([zone, ...times.map(localDay)]).toEqual([zone, ...times.map((time) => days.format(time))]);
  }
});

test.each([
  ["Australia/Perth", "2026-11-22T20:15:00+08:00"],
  ["America/St_Johns", "2026-11-22T08:45:00-03:30"],
  ["Asia/Kathmandu", "2026-11-22T18:00:00+05:45"],
  ["UTC", "2026-11-22T12:15:00+00:00"],
])("a quarter past noon UTC in %s is %s", (zone, time) => {
  liveIn(zone);
  expect(localTime(Date.UTC(2026, 10, 22, 12, 15))).toBe(time);
});

test.each([
  ...["Mars/Olympus", "AWST-8", "Foo", "", "Australia", "../etc/passwd", ":Australia/Perth"],
  ...["+08:00", "-0330", "+00:00", "+08"],
])("%j is no time zone, and asking changes none", (name) => {
  liveIn("Asia/Tokyo");
  expect(() => knownTimeZone(name)).toThrow(RangeError);
  expect(() => liveIn(name)).toThrow(RangeError);
  expect(localTime(0)).toBe("1970-01-01T09:00:00+09:00");
});
