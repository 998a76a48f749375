import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { realClock } from "../../src/clock.ts";
import { run } from "../../src/daemon.ts";
import { schema } from "../sensors/config.ts";
import { type FakeBridge, startFakeBridge } from "../sensors/hue/fake-bridge.ts";
import { bridgeItself, motionSensor, room } from "../sensors/hue/fake-resources.ts";
import { sensorsDaemon } from "../sensors/main.ts";
import { houseAt, type Moment, type RoomName, rooms } from "./day.ts";
import type { Room, Site } from "./room.ts";
// The daemon loads these when it needs them. Here others wait for answers by then, and loading holds everybody up.
import "../sensors/broadlink/units.ts";
import "../sensors/hue/bridge.ts";

const BRIDGE_ID = "001788FFFE0DE300";
const FIRMWARE = "1970084010";
/** The sun is about to set, and somebody about to come home. */
const BEGIN_MINUTES = 16.5 * 60;
const MINUTES_PER_SECOND = 2;
const STEP_MS = 500;
/** A sensor tells of motion at once, and of all else now and then. */
const STEPS_PER_MEASUREMENT = 10;

const topics = ["presence", "light_level", "dark", "daylight", "temperature", "humidity"] as const;

/** A Hue bridge with a motion sensor in three rooms, and a Broadlink with a cable in the fourth; a day takes 12 minutes. */
export async function sensors({ mqtt, log, signal }: Site): Promise<Room> {
  await using building = new AsyncDisposableStack();
  const beginMs = performance.now();
  const now = () => houseAt(BEGIN_MINUTES + ((performance.now() - beginMs) / 1_000) * MINUTES_PER_SECOND);
  const bridge = building.use(await startFakeBridge({ bridgeId: BRIDGE_ID, version: FIRMWARE, resources: fittings() }));
  const unit = building.use(await startFakeBroadlink({ name: "Bedroom", mac: "78:0f:77:0d:e3:00" }));
  const config = await schema("file").parseAsync({
    mqtt: { url: mqtt },
    hue: { host: `${bridge.host}:${bridge.port}`, key: bridge.key, bridge_id: BRIDGE_ID },
    broadlink: { hosts: [`${unit.host}:${unit.port}`], poll: "5s" },
    log_level: "warn",
  });
  const over = new AbortController();
  building.defer(() => over.abort());
  void live(bridge, unit, now, over.signal);
  const { base_topic: base } = config;
  const shown = [...rooms, "Bedroom"].map((name) => ({
    name,
    level: name.toLowerCase().replace(" ", "-"),
    said: {} as Record<string, string>,
  }));
  const hardware = building.move();
  return {
    base,
    about: {
      hardware:
        "sensors simulated Hue bridge with three motion sensors, a Broadlink thermometer; a day takes 12 minutes",
      topics: `${base}/<${shown.map(({ level }) => level).join("|")}>/{${topics.join(",")}}/get`,
    },
    get headings() {
      return [`at ${now().timeOfDay.slice(0, 4)}0`, "presence", "light_level", "dark", "daylight", "°C", "%"];
    },
    rows: () =>
      shown.map(({ name, said }) => ({
        key: `sensor ${name}`,
        cells: [name, ...topics.map((topic) => said[topic] ?? "-")],
        sentence: sentenceOf(name, said),
      })),
    heard(topic, payload) {
      const [, level, aspect] = /^([\w-]+)\/(\w+)\/get$/.exec(topic) ?? [];
      for (const one of shown) if (aspect && one.level === level) one.said[aspect] = payload;
    },
    availability: shown.map(({ level }) => `${level}/availability/get`),
    tries: [],
    daemon: run(sensorsDaemon({ roots: bridge.certificates?.root }), config, { log, signal }),
    [Symbol.asyncDispose]: () => hardware.disposeAsync(),
  };
}

/** What the bridge has in it: each sensor in its room. */
function fittings() {
  const shipped = new Date().toISOString();
  const things = rooms.map((name, at) => motionSensor({ number: 0x10 + at, name, v1: 2 + 3 * at }, "both", shipped));
  return [
    ...bridgeItself(BRIDGE_ID, FIRMWARE),
    ...things.flat(),
    ...rooms.map((name, at) => room(at + 1, name, things[at] ?? [])),
  ];
}

/** Lets everything measure what is so, until the signal aborts. */
async function live(bridge: FakeBridge, unit: FakeBroadlink, now: () => Moment, over: AbortSignal): Promise<void> {
  const moving = new Set<RoomName>();
  for (let step = 0; !over.aborted; step++) {
    const moment = now();
    unit.measured = moment.bedroom;
    for (const [at, name] of rooms.entries()) {
      const { motion, ...rest } = moment.rooms[name];
      if (motion !== moving.has(name)) bridge.house.set(name, { motion });
      if (motion) moving.add(name);
      else moving.delete(name);
      // They don't speak all at once.
      if (step === 0 || (step + 3 * at) % STEPS_PER_MEASUREMENT === 0) bridge.house.set(name, rest);
    }
    await realClock.sleep(STEP_MS, over);
  }
}

/** In whole degrees: a line for each hundredth would be a flood. */
function sentenceOf(name: string, said: Record<string, string>): string {
  const { presence, dark, daylight, temperature, humidity } = said;
  const light = daylight === "1" ? "daylight" : dark === "1" ? "dark" : "twilight";
  const whole = (value: string | undefined, unit: string) =>
    value === undefined ? [] : [`${Math.round(Number(value))} ${unit}`];
  const parts = [
    ...(presence === undefined ? [] : [presence === "1" ? "motion" : "no motion"]),
    ...(dark === undefined ? [] : [light]),
    ...whole(temperature, "°C"),
    ...whole(humidity, "%"),
  ];
  return `${name}: ${parts.join(", ") || "unknown"}`;
}
