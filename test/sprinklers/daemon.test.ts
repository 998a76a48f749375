import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { schema } from "../../devices/sprinklers/config.ts";
import { sprinklersDaemon } from "../../devices/sprinklers/main.ts";
import { realClock } from "../../src/clock.ts";
import { run } from "../../src/daemon.ts";
import { discoveryProblems } from "../support/discovery-rules.ts";
import { base, type House, houseWith } from "./lived-in.ts";
import { orders, truly } from "./wired.ts";

const zones = [
  { relay: 2, name: "Front lawn", duration: "10min" },
  { relay: 3, name: "Veggie beds", duration: "5min" },
];
const answer = (relay: number, state: string) => `INFO: requesting relay ${relay} change to state ${state}\r\n`;
const secondsFromNow = (iso: string) => (Date.parse(iso) - Date.now()) / 1_000;

/** Opens a valve and waits until it is shown open. */
async function water(house: House, relay: number) {
  await house.say(`bank/${relay}/state`, "1");
  await house.shows(`bank/${relay}/state`, "1");
}

/** Asks for a zone that has to wait. */
async function queue(house: House, relay: number) {
  await house.say(`bank/${relay}/state`, "1");
  await house.shows(`bank/${relay}/reason`, "queued");
}

describe("a garden with two zones, one at a time", () => {
  let house: House;
  beforeAll(async () => {
    house = await houseWith({ zones });
    await house.start();
  });
  afterAll(() => house[Symbol.asyncDispose]());
  afterEach(async () => {
    await house.say("rain_delay", "0");
    await house.shows("rain_delay", "0");
    await house.say("all_off", "PRESS");
    for (const relay of [2, 3]) {
      await house.shows(`bank/${relay}/state`, "0");
      await house.shows(`bank/${relay}/ends_at`, "None");
    }
    expect(truly(house.board)).toEqual([]);
  });

  test("is shown closed and dry at first", async () => {
    expect(Object.fromEntries(await house.person.retained(`${base}/#`))).toMatchObject({
      [`${base}/availability/get`]: "online",
      [`${base}/connectivity/get`]: "1",
      [`${base}/problem/get`]: "None",
      [`${base}/rain_delay/get`]: "0",
      [`${base}/rain_delay_until/get`]: "None",
      [`${base}/bank/2/state/get`]: "0",
      [`${base}/bank/2/duration/get`]: "10",
      [`${base}/bank/2/watered_today/get`]: "0",
      [`${base}/bank/2/reason/get`]: "None",
      [`${base}/bank/3/duration/get`]: "5",
    });
  });

  test("a zone is a valve, and no switch unless that is asked for", async () => {
    const [document] = (await house.person.retained("homeassistant/#")).values();
    expect(document).toContain('"platform":"valve"');
    expect(document).not.toContain('"platform":"switch"');
  });

  test.each([
    ["1", "0"],
    ["ON", "OFF"],
    [" on ", "close"],
    ["OPEN", " CLOSE\n"],
  ])("command: %j opens a valve once the relay is on, and %j closes it", async (open, close) => {
    await house.say("bank/2/state", open);
    await house.shows("bank/2/state", "1");
    expect(truly(house.board)).toEqual([2]);
    expect(await house.shows("bank/2/reason", "command")).toBe("command");
    expect(secondsFromNow(await house.shows("bank/2/ends_at", /Z$/))).toBeCloseTo(600, -1);
    await house.say("bank/2/state", close);
    await house.shows("bank/2/state", "0");
    expect(truly(house.board)).toEqual([]);
    await house.shows("bank/2/ends_at", "None");
  });

  test.each([
    ["half an hour and a second", "1801"],
    ["11 days", "1000000"],
    ["a number of 400 digits", "9".repeat(400)],
  ])("command: run for 20 s is for once, and for %s it is cut to max_run", async (_, long) => {
    await house.say("bank/2/run", "20");
    await house.shows("bank/2/state", "1");
    expect(secondsFromNow(await house.shows("bank/2/ends_at", /Z$/))).toBeCloseTo(20, -1);
    const later = house.showsAgain("bank/2/ends_at", /Z$/);
    await house.say("bank/2/run", long);
    expect(secondsFromNow(await later)).toBeCloseTo(1_800, -2);
    expect(house.person.latest(`${base}/bank/2/duration/get`)).toBe("10");
  });

  test("command: a run ends by itself, says why, and its water is counted", async () => {
    await house.say("bank/2/run", "1");
    await house.shows("bank/2/state", "1");
    await house.shows("bank/2/reason", "deadline");
    await house.shows("bank/2/state", "0");
    expect(truly(house.board)).toEqual([]);
    expect(Number(await house.shows("bank/2/watered_today", /^[1-9]/))).toBeGreaterThanOrEqual(1);
  });

  test("command: a duration is whole minutes from 1 to max_run", async () => {
    await house.say("bank/3/duration", "7.0");
    await house.shows("bank/3/duration", "7");
    for (const wrong of ["0", "31", "2.5", "-3", "ten", "1e1"]) {
      const again = house.showsAgain("bank/3/duration", "7");
      await house.say("bank/3/duration", wrong);
      await again;
    }
    await house.say("bank/3/state", "1");
    expect(secondsFromNow(await house.shows("bank/3/ends_at", /Z$/))).toBeCloseTo(420, -1);
    await house.say("bank/3/duration", "5");
    await house.shows("bank/3/duration", "5");
  });

  test("command: a second zone waits its turn, shown closed, and opens when the first is done", async () => {
    await water(house, 2);
    await queue(house, 3);
    expect(house.person.latest(`${base}/bank/3/state/get`)).toBe("0");
    expect(truly(house.board)).toEqual([2]);
    await house.say("bank/2/state", "0");
    await house.shows("bank/3/state", "1");
    expect(truly(house.board)).toEqual([3]);
    expect(house.person.latest(`${base}/bank/2/state/get`)).toBe("0");
  });

  test("command: all off closes what is open and forgets what waits", async () => {
    await water(house, 2);
    await queue(house, 3);
    await house.say("all_off", "whatever");
    await house.shows("bank/2/state", "0");
    await house.shows("bank/3/reason", "command");
    const lines = orders(house.board).length;
    // Somebody's next command is answered, and nothing else was said meanwhile.
    await water(house, 2);
    expect(orders(house.board).slice(lines)).toEqual(["2,on"]);
  });

  test("command: a rain delay refuses opening, says until when, and ends when it is taken back", async () => {
    await house.say("rain_delay", "24");
    await house.shows("rain_delay", "24");
    expect(secondsFromNow(await house.shows("rain_delay_until", /Z$/))).toBeCloseTo(86_400, -2);
    const still = house.showsAgain("bank/2/state", "0");
    await house.say("bank/2/state", "1");
    await still;
    await house.shows("bank/2/reason", "rain_delay");
    expect(truly(house.board)).toEqual([]);
    await house.say("rain_delay", "0");
    await house.shows("rain_delay_until", "None");
    await water(house, 2);
  });

  test.each(["banana", "2", "true", "1,on", '{"state":1}', "ONN", "None"])(
    "nonsense: %j is refused and what is true is said again",
    async (payload) => {
      const closed = house.showsAgain("bank/2/state", "0");
      await house.say("bank/2/state", payload);
      await closed;
      await water(house, 3);
      const open = house.showsAgain("bank/3/state", "1");
      await house.say("bank/3/state", payload);
      await open;
      expect(truly(house.board)).toEqual([3]);
    },
  );

  test("nonsense: a run of no time opens nothing, not for a moment", async () => {
    const moved = vi.fn();
    const leave = house.board.onRelay(moved);
    for (const payload of ["0", "0.9"]) {
      const closed = house.showsAgain("bank/2/state", "0");
      await house.say("bank/2/run", payload);
      await closed;
    }
    leave();
    expect(moved).not.toHaveBeenCalled();
  });

  test("nonsense: rubbish on every topic moves nothing", async () => {
    await house.say("bank/3/run", "600");
    await house.shows("bank/3/state", "1");
    const moved = vi.fn();
    const leave = house.board.onRelay(moved);
    const rubbish = [
      Buffer.from([0, 1, 2, 255, 254]),
      Buffer.from([0xc3, 0x28]),
      Buffer.alloc(1 << 20, "9"),
      "[".repeat(5_000),
      "2,on\r\n3,off\r\n",
      "1\u0000",
      "NaN",
      "Infinity",
      "1e9",
      "0x10",
      "-1",
    ];
    const topics = ["bank/2/state", "bank/2/run", "bank/2/duration", "bank/3/run", "bank/3/duration", "rain_delay"];
    for (const topic of topics) for (const payload of rubbish) await house.say(topic, payload);
    for (const topic of ["bank/9/state", "bank/2", "bank/2/state/on", "state"]) await house.say(topic, "1");
    const heard = house.showsAgain("bank/2/duration", "10");
    await house.say("bank/2/duration", "rubbish");
    await heard;
    leave();
    expect(moved).not.toHaveBeenCalled();
    expect(truly(house.board)).toEqual([3]);
    expect(house.person.latest(`${base}/rain_delay/get`)).toBe("0");
  });

  test("nonsense: line noise from the board's side costs a second, not the valve", async () => {
    house.board.faults.garbleCommands = 1;
    await house.say("bank/2/state", "1");
    house.board.say(Buffer.from([0, 255, 10, 200]));
    await house.shows("bank/2/state", "1");
    expect(truly(house.board)).toEqual([2]);
    expect(house.person.latest(`${base}/availability/get`)).toBe("online");
  });

  test("surprise: a relay that the board switches off by itself is reported closed, with the reason", async () => {
    await water(house, 2);
    house.board.say(answer(2, "off (due to timeout)"));
    await house.shows("bank/2/state", "0");
    await house.shows("bank/2/reason", "board");
    await vi.waitFor(() => expect(truly(house.board)).toEqual([]));
  });

  test("surprise: a board that restarts in the middle of a run is shown closed, and nothing is resumed", async () => {
    await water(house, 2);
    await queue(house, 3);
    const [away, back] = [house.showsAgain("availability", "offline"), house.showsAgain("availability", "online")];
    const lines = orders(house.board).length;
    house.board.reset();
    await Promise.all([away, back]);
    await house.shows("bank/2/state", "0");
    await house.shows("bank/2/reason", "board");
    await house.shows("bank/3/reason", "board");
    expect(orders(house.board).slice(lines)).toEqual(["2,off", "3,off"]);
    expect(truly(house.board)).toEqual([]);
  });

  test("silence: a board that does not answer is unavailable and says so; the valve was never shown open", async () => {
    const seen = house.person.history(`${base}/bank/2/state/get`).length;
    house.board.faults.silent = true;
    const fallsBack = house.showsAgain("bank/2/state", "0");
    await house.say("bank/2/state", "1");
    await house.shows("availability", "offline", 5_000);
    await house.shows("problem", /does not answer/);
    await house.shows("connectivity", "0");
    await fallsBack;
    await house.shows("bank/2/reason", "board");
    house.board.faults.silent = false;
    await house.shows("availability", "online");
    await house.shows("problem", "None");
    expect(house.person.history(`${base}/bank/2/state/get`).slice(seen)).not.toContain("1");
    expect(truly(house.board)).toEqual([]);
    // And a command works again.
    await water(house, 2);
  });

  test("loss: a pulled plug is unavailable within 5 s, refuses commands, and comes back closed", async () => {
    await water(house, 2);
    house.board.unplug();
    await house.shows("availability", "offline", 5_000);
    await house.shows("problem", /unplugged/);
    // Nobody knows yet: the cable may be cut behind the board's power supply.
    expect(house.person.latest(`${base}/bank/2/state/get`)).toBe("1");
    const refused = house.showsAgain("bank/3/state", "0");
    await house.say("bank/3/state", "1");
    await refused;
    await house.shows("bank/3/reason", "board");
    house.board.plug();
    await house.shows("availability", "online");
    await house.shows("bank/2/state", "0");
    await house.shows("bank/2/reason", "board");
    expect(truly(house.board)).toEqual([]);
  });
});

test("the day is that of the configured time zone", async () => {
  const timezone = new Date().getUTCHours() < 11 ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
  await using house = await houseWith({ zones, timezone });
  await house.start();
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone }).format(Date.now());
  expect(day).not.toBe(new Date().toISOString().slice(0, 10));
  await house.shows("memory", new RegExp(`"${day}"`));
});

test("with `replace` a further zone closes the one that is open", async () => {
  await using house = await houseWith({ zones, when_busy: "replace" });
  await house.start();
  await water(house, 2);
  await water(house, 3);
  expect(truly(house.board)).toEqual([3]);
  await house.shows("bank/2/state", "0");
  await house.shows("bank/2/reason", "replaced");
});

test("a master valve is switched off at the start like the zones, and opens before its zone", async () => {
  await using house = await houseWith({ zones, master: { relay: 8, linger: "60s" } });
  await house.start();
  expect(orders(house.board)).toEqual(["2,off", "3,off", "8,off"]);
  await water(house, 2);
  expect(orders(house.board).slice(3)).toEqual(["8,on", "2,on"]);
  expect(truly(house.board)).toEqual([2, 8]);
  // A stop does not wait for the linger.
  await house.stop();
  expect(truly(house.board)).toEqual([]);
});

test("a clean stop closes everything and says why; the next start remembers durations, rain, water and reasons", async () => {
  await using house = await houseWith({ zones });
  await house.start();
  await house.say("bank/2/duration", "17");
  await house.shows("bank/2/duration", "17");
  await house.say("bank/3/run", "2");
  await house.shows("bank/3/reason", "deadline");
  await house.shows("bank/3/state", "0");
  await water(house, 2);
  await house.say("rain_delay", "48");
  const until = await house.shows("rain_delay_until", /Z$/);

  await house.stop();
  expect(truly(house.board)).toEqual([]);
  const left = await house.person.retained("#");
  expect(left.get(`${base}/bank/2/state/get`)).toBe("0");
  expect(left.get(`${base}/bank/2/reason/get`)).toBe("shutdown");
  expect(left.get(`${base}/bank/2/ends_at/get`)).toBe("None");
  expect(left.get(`${base}/availability/get`)).toBe("offline");
  expect(left.get("mqtt-things/sprinklers/main/availability/get")).toBe("offline");
  const watered = Number(left.get(`${base}/bank/3/watered_today/get`));
  expect(watered).toBeGreaterThanOrEqual(2);

  const lines = orders(house.board).length;
  await house.start();
  const now = await house.person.retained(`${base}/#`);
  expect(now.get(`${base}/bank/2/duration/get`)).toBe("17");
  expect(now.get(`${base}/bank/3/duration/get`)).toBe("5");
  expect(now.get(`${base}/rain_delay/get`)).toBe("48");
  expect(now.get(`${base}/rain_delay_until/get`)).toBe(until);
  expect(now.get(`${base}/bank/3/watered_today/get`)).toBe(String(watered));
  expect(now.get(`${base}/bank/3/reason/get`)).toBe("deadline");
  expect(now.get(`${base}/bank/2/reason/get`)).toBe("shutdown");
  // The run that the stop cut short is over.
  expect(orders(house.board).slice(lines)).toEqual(["2,off", "3,off"]);
});

/** Starts the daemon in a house with other keys, or with another clock. */
async function another({ person, link }: House, changes: object, clock = realClock) {
  const mqtt = { url: `mqtt://127.0.0.1:${person.client.options.port}` };
  const config = schema("file").parse({ mqtt, port: "(in memory)", ...changes });
  const stopping = new AbortController();
  const online = person.next(`${base}/availability/get`, "online");
  const daemon = sprinklersDaemon(() => link);
  const ended = run(daemon, config, { log: pino({ level: "silent" }), signal: stopping.signal, clock });
  await Promise.race([online, ended]);
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  return { ended, stop };
}

test("rules that fail end the daemon, with everything closed and said so", async () => {
  await using house = await houseWith({ zones });
  let epochMs = Date.now();
  const { ended } = await another(house, { zones }, { ...realClock, epochMs: () => epochMs });
  await water(house, 2);
  // What a run rejects with is exit code 1.
  const over = expect(ended).rejects.toThrow();
  // No calendar has a day so far away.
  epochMs = 9e15;
  house.board.say(answer(3, "off (due to timeout)"));
  await over;
  expect(truly(house.board)).toEqual([]);
  const left = await house.person.retained(`${base}/#`);
  expect(left.get(`${base}/bank/2/state/get`)).toBe("0");
  expect(left.get(`${base}/availability/get`)).toBe("offline");
});

test("a zone that is no longer configured leaves nothing on the broker, and what is not ours stays", async () => {
  await using house = await houseWith({ zones });
  const { person } = house;
  const others = [`${base}/bank/4/state/get`, `${base}/bank/3/moisture/get`];
  for (const topic of others) await person.publish(topic, "1", { retain: true });
  await house.start();
  await house.stop();
  expect([...(await person.retained(`${base}/bank/3/#`)).keys()].length).toBeGreaterThan(4);

  await (await another(house, { zones: zones.slice(0, 1) })).stop();
  const left = await person.retained(`${base}/bank/#`);
  const zone = ["duration", "ends_at", "reason", "state", "watered_today"].map(
    (topic) => `${base}/bank/2/${topic}/get`,
  );
  expect([...left.keys()].sort()).toEqual([...zone, ...others].sort());
});

test("Home Assistant has let go of a zone before its topics are emptied", async () => {
  await using house = await houseWith({ zones });
  const { person } = house;
  await house.start();
  await house.stop();
  const emptied = person.next(`${base}/bank/3/reason/get`, "");
  await another(house, { zones: zones.slice(0, 1) });
  await emptied;
  const told = person.messages.find(({ payload }) => payload.includes('"bank-3":{"platform":"valve"}'));
  const cleared = person.messages.find(({ topic, payload }) => /bank\/3\/.*\/get$/.test(topic) && payload === "");
  expect((cleared?.atMs ?? 0) - (told?.atMs ?? Number.POSITIVE_INFINITY)).toBeGreaterThan(1_500);
});

test("Home Assistant is shown two zones with switches behind a master valve", async () => {
  const master = { relay: 8, lead: "2s", linger: "5s" };
  await using house = await houseWith({ zones, master, switches: true });
  await house.start();
  const documents = await house.person.retained("homeassistant/#");
  expect([...documents.keys()]).toEqual(["homeassistant/device/mqtt-things_sprinklers_main_board/config"]);
  for (const [topic, payload] of documents) {
    const document: unknown = JSON.parse(payload);
    expect(discoveryProblems(topic, document)).toEqual([]);
    const golden = join(import.meta.dirname, "../golden/sprinklers.discovery.json");
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(golden);
  }
  // The master is nobody's business but the rules'.
  expect([...(await house.person.retained(`${base}/bank/8/#`))]).toEqual([]);
});
