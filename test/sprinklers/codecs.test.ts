import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GardenEvent } from "../../devices/sprinklers/garden-model.ts";
import { memory, outgrown, recollect } from "../../devices/sprinklers/memory.ts";
import { lineCutter, parseLine, request } from "../../devices/sprinklers/protocol.ts";
import { emptyGarden } from "../../devices/sprinklers/zones.ts";
import { heldMiB } from "../support/memory.ts";
import { aGarden, HOUR, MINUTE, zone } from "./rules-garden.ts";

describe("what is written to the board", () => {
  test("is the relay's number and the word, ended as the firmware wants it", () => {
    expect(request(3, true)).toBe("3,on\r\n");
    expect(request(8, false)).toBe("8,off\r\n");
  });
});

describe("a line from the board", () => {
  test("our firmware says what it is, and which relays are on", () => {
    expect(parseLine("INFO: version mqtt-things 1.0.0")).toEqual({ kind: "version", text: "mqtt-things 1.0.0" });
    expect(parseLine("INFO: status 1=off 2=on:29876 3=off 4=on:1 5=refused 6=off 7=off 8=off")).toEqual({
      kind: "status",
      on: new Set([2, 4]),
    });
  });

  test.each([
    ["INFO: requesting relay 2 change to state on", 2, true, false],
    ["INFO: requesting relay 8 change to state off", 8, false, false],
    ["INFO: requesting relay 1 change to state off (due to timeout)", 1, false, true],
  ])("%s: is about relay %i", (text, relay, on, timedOut) => {
    expect(parseLine(text)).toEqual({ kind: "relay", relay, on, timedOut });
  });

  test.each([
    ["INFO: requesting relay 2 change to state on (due to timeout)", "the firmware never times out into on"],
    ["INFO: requesting relay 2 change to state off ", "a blank too much"],
    ["INFO: requesting relay 2 change to state of", "the end is lost"],
    ["NFO: requesting relay 2 change to state off", "the beginning is lost"],
    ["xINFO: requesting relay 2 change to state off", "something before it"],
    ["INFO: requesting relay 2 change to state off (due to timeout)x", "something behind it"],
    ["INFO: requesting relay 9 change to state off", "no such relay"],
    ["INFO: requesting relay 0 change to state on", "no such relay"],
    ["INFO: requesting relay 22 change to state on", "no such relay"],
    ["info: requesting relay 2 change to state on", "other letters"],
    ["INFO: version ", "no version"],
    ["xINFO: version 1", "something before it"],
    ["INFO: status 1=off 2=on:29876 3=off 4=off 5=off 6=off 7=off", "a relay is missing"],
    ["INFO: status 1=off 2=on: 3=off 4=off 5=off 6=off 7=off 8=off", "no time"],
    ["INFO: status 1=off 2=on:29876 3=off 4=off 5=off 6=off 7=off 8=off 9=off", "a relay too much"],
    ["2,on", "our own echo"],
    ["DEBUG: setup() completed", "not the banner's end"],
    ["an ERROR: in the middle", "not an error's beginning"],
    ["", "nothing"],
  ])("%j is noise: %s", (text) => {
    expect(parseLine(text)).toEqual({ kind: "noise", text });
  });

  test("the banner counts with a piece of an aborted banner before it", () => {
    expect(parseLine("DEBUG: setup() complete")).toEqual({ kind: "banner" });
    expect(parseLine("DEDEBUG: setup() complete")).toEqual({ kind: "banner" });
  });

  test("an error is handed on without its label", () => {
    expect(parseLine("ERROR: unknown state")).toEqual({ kind: "error", text: "unknown state" });
  });
});

describe("the stream is cut into lines", () => {
  const cutAll = (...chunks: (string | Buffer)[]) => {
    const cut = lineCutter();
    return chunks.map((chunk) => cut(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk));
  };

  test("two lines in one chunk are two lines", () => {
    expect(cutAll("one\r\ntwo\r\n")).toEqual([["one", "two"]]);
  });

  test("a line in three chunks is one line, given with its last byte", () => {
    expect(cutAll("o", "ne\r", "\ntw", "o\n")).toEqual([[], [], ["one"], ["two"]]);
  });

  test("empty lines are left out, and a line end alone is enough", () => {
    expect(cutAll("\r\n\nx\n\r\n")).toEqual([["x"]]);
  });

  test("blanks belong to the line: an answer with blanks around it is not the board's", () => {
    expect(cutAll("  x \r\n")).toEqual([["  x "]]);
  });

  test("bytes that are no text don't disturb the next line", () => {
    expect(cutAll(Buffer.from([0xff, 0x0a]), "x\n")).toEqual([["ÿ"], ["x"]]);
  });

  test("only the line's end is cut off, not a carriage return inside it", () => {
    expect(cutAll("a\rb\r\n")).toEqual([["a\rb"]]);
  });

  test("a line that never ends does not fill the memory", () => {
    const cut = lineCutter();
    const before = heldMiB();
    for (let i = 0; i < 64; i++) cut(Buffer.alloc(1 << 20, "y"));
    expect(heldMiB() - before).toBeLessThan(16);
    expect(cut(Buffer.from("\n"))).toHaveLength(1);
  });

  test("of a line that never ends only the last 256 bytes are kept, so that a banner behind it is still seen", () => {
    const cut = lineCutter();
    for (let i = 0; i < 100; i++) expect(cut(Buffer.alloc(10_000, "y"))).toEqual([]);
    const [line] = cut(Buffer.from("DEBUG: setup() complete\r\n"));
    expect(line).toMatch(/^y+DEBUG: setup\(\) complete$/);
    expect(line?.length).toBeLessThanOrEqual(256);
  });

  test("an over-long line in one chunk is cut the same way", () => {
    const [lines] = cutAll(`${"y".repeat(1_000)}z\n`);
    expect(lines).toEqual([`${"y".repeat(255)}z`]);
  });

  test("an answer at the end of an over-long line of blanks is no answer", () => {
    const text = "INFO: requesting relay 2 change to state off";
    const [lines = []] = cutAll(`junk${" ".repeat(300)}${text}\r\n`);
    expect(lines.map((line) => parseLine(line).kind)).toEqual(["noise"]);
  });

  test("any chunking gives the same lines", () => {
    const piece = fc.constantFrom("\n", "\r\n", "a", "b ", "é", "y".repeat(200), "DEBUG: setup() complete\r\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 30 }), (pieces, cuts) => {
        const whole = Buffer.from(pieces.join(""), "latin1");
        const cut = lineCutter();
        const lines: string[] = [];
        let from = 0;
        for (const length of cuts) {
          lines.push(...cut(whole.subarray(from, from + length)));
          from += length;
        }
        lines.push(...cut(whole.subarray(from)));
        expect(lines).toEqual(lineCutter()(whole));
      }),
    );
  });

  test("any line that was asked for survives the wire", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.boolean(), (relay, on) => {
        const text = `INFO: requesting relay ${relay} change to state ${on ? "on" : "off"}`;
        const [line = ""] = lineCutter()(Buffer.from(`${text}\r\n`));
        expect(parseLine(line)).toEqual({ kind: "relay", relay, on, timedOut: false });
      }),
    );
  });
});

describe("what survives a restart", () => {
  const epochMs = Date.UTC(2026, 10, 22, 4, 0);
  const { rules } = aGarden({ zones: [zone(1), zone(2)] });
  const today = memory(emptyGarden(rules, { monotonicMs: 0, epochMs }), "main");

  function recalled(saved: Record<string, string>, at = epochMs): GardenEvent & { kind: "restore" } {
    const event = recollect(rules, saved, at);
    if (event.kind !== "restore") throw new Error(event.kind);
    return event;
  }
  const zoneOf = (saved: Record<string, string>, at?: number) => recalled(saved, at).zones.get(1);

  test("the day, and which zones there were, are remembered under a topic of their own", () => {
    expect(today).toEqual({ memory: '{"day":"2026-11-22","instance":"main","relays":[1,2]}' });
  });

  test("the topics of a zone that is no more are known, and nobody else's", () => {
    const { rules: fewer } = aGarden({ zones: [zone(2)] });
    const topics = ["state", "duration", "ends_at", "watered_today", "reason"];
    expect(outgrown(fewer, today, "main")).toEqual(topics.map((topic) => `bank/1/${topic}`));
    expect(outgrown(rules, today, "main")).toEqual([]);
    expect(outgrown(fewer, today, "other")).toEqual([]);
  });

  test.each([
    undefined,
    "",
    "{",
    "null",
    "[]",
    '{"day":"2026-11-22"}',
    '{"instance":"main"}',
    '{"instance":"main","relays":{"length":1,"0":1}}',
    '{"instance":"main","relays":["1","1/state/get","#",0,9,1.5,null]}',
  ])("a memory of %s has no zones that are no more", (memory) => {
    expect(outgrown(rules, memory === undefined ? {} : { memory }, "main")).toEqual([]);
  });

  test("everything that our topics say comes back, for the zone they name", () => {
    const saved = {
      ...today,
      "bank/1/duration": "7",
      "bank/1/watered_today": "180",
      "bank/1/reason": "day_cap",
      "bank/2/duration": "30",
      rain_delay: "5",
      rain_delay_until: new Date(epochMs + HOUR).toISOString(),
    };
    expect(recalled(saved)).toEqual({
      kind: "restore",
      day: "2026-11-22",
      zones: new Map([
        [1, { durationMs: 7 * MINUTE, wateredMs: 180_000, reason: "day_cap" }],
        [2, { durationMs: 30 * MINUTE }],
      ]),
      rain: { hours: 5, untilEpochMs: epochMs + HOUR },
    });
  });

  test("nothing saved is nothing remembered", () => {
    expect(recalled({})).toStrictEqual({
      kind: "restore",
      day: undefined,
      zones: new Map([
        [1, {}],
        [2, {}],
      ]),
      rain: undefined,
    });
  });

  test.each(["", "0", "-1", "1.5", "31", "ten", "NaN", "1e9"])("a duration of %j is not ours", (text) => {
    expect(zoneOf({ "bank/1/duration": text })).toEqual({});
  });

  test.each([
    ["1", MINUTE],
    ["30", 30 * MINUTE],
  ])("a duration of %s min is", (text, durationMs) => {
    expect(zoneOf({ "bank/1/duration": text })).toEqual({ durationMs });
  });

  test.each(["", "-1", "86401", "a lot", "Infinity"])("watered today of %j is not ours", (text) => {
    expect(zoneOf({ ...today, "bank/1/watered_today": text })).toEqual({});
  });

  test.each([
    ["0", 0],
    ["86400", 86_400_000],
  ])("watered today of %s s is", (text, wateredMs) => {
    expect(zoneOf({ ...today, "bank/1/watered_today": text })).toEqual({ wateredMs });
  });

  test.each(["yesterday", "2026-1-1", "{}"])("the day %j is none", (day) => {
    expect(recalled({ memory: JSON.stringify({ day }) }).day).toBeUndefined();
  });

  test("what waited when the daemon ended waits no more", () => {
    expect(zoneOf({ ...today, "bank/1/reason": "queued" })).toEqual({});
  });

  test.each([undefined, "", "{", "null", "[]", '"text"', '{"day":7}'])(
    "water without a day that is understood (%j) counts as today's: too little water mends itself",
    (memory) => {
      expect(zoneOf({ ...(memory === undefined ? {} : { memory }), "bank/1/watered_today": "60" })).toEqual({
        wateredMs: 60_000,
      });
    },
  );

  test.each(["", "None", "rain", "COMMAND"])("a reason of %j is not ours", (reason) => {
    // Not even as `undefined`: that would take away the reason there is.
    expect(zoneOf({ "bank/1/reason": reason })).not.toHaveProperty("reason");
  });

  test.each([
    ["it is over", "5", epochMs],
    ["it is of 0 hours", "0", epochMs + HOUR],
    ["it is longer than anybody can ask for", "169", epochMs + HOUR],
    ["its hours are no number", "some", epochMs + HOUR],
  ])("a rain delay is forgotten when %s", (_, rain_delay, until) => {
    expect(recalled({ rain_delay, rain_delay_until: new Date(until).toISOString() }).rain).toBeUndefined();
  });

  test("a rain delay without an end is none", () => {
    expect(recalled({ rain_delay: "5", rain_delay_until: "None" }).rain).toBeUndefined();
    expect(recalled({ rain_delay: "5" }).rain).toBeUndefined();
  });

  test("the longest rain delay comes back", () => {
    const untilEpochMs = epochMs + 168 * HOUR;
    const saved = { rain_delay: "168", rain_delay_until: new Date(untilEpochMs).toISOString() };
    expect(recalled(saved).rain).toEqual({ hours: 168, untilEpochMs });
  });

  test("whatever stands on our topics, the rules stay within their limits", () => {
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String));
    fc.assert(
      fc.property(text, text, text, text, text, text, (duration, watered, reason, hours, until, day) => {
        const event = recalled({
          "bank/1/duration": duration,
          "bank/1/watered_today": watered,
          "bank/1/reason": reason,
          rain_delay: hours,
          rain_delay_until: until,
          memory: day,
        });
        const { durationMs = MINUTE, wateredMs = 0 } = event.zones.get(1) ?? {};
        expect(durationMs).toBeGreaterThanOrEqual(MINUTE);
        expect(durationMs).toBeLessThanOrEqual(30 * MINUTE);
        expect(wateredMs).toBeGreaterThanOrEqual(0);
        expect(wateredMs).toBeLessThanOrEqual(24 * HOUR);
      }),
    );
  });
});
