import { startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { run } from "../../src/daemon.ts";
import { startFakeZmote } from "../smart-aircons/blasters/fake-zmote.ts";
import { schema } from "../smart-aircons/config.ts";
import { decodeBroadlink } from "../smart-aircons/ir/broadlink-packet.ts";
import { identify } from "../smart-aircons/ir/identify.ts";
import { parseSendir, sendirWaveform } from "../smart-aircons/ir/sendir.ts";
import type { Waveform } from "../smart-aircons/ir/waveform.ts";
import { smartAirconsDaemon } from "../smart-aircons/main.ts";
import type { Room, Site } from "./room.ts";

/** Two aircons, one per kind of blaster. What a blaster sends into the room is decoded, as the aircon would. */
export async function aircons({ mqtt, log, signal }: Site): Promise<Room> {
  await using building = new AsyncDisposableStack();
  const zmote = building.use(await startFakeZmote());
  const broadlink = building.use(await startFakeBroadlink());
  const config = await schema("file").parseAsync({
    mqtt: { url: mqtt },
    blasters: [
      { name: "Bedroom blaster", url: `zmote://${zmote.host}:${zmote.port}` },
      { name: "Lounge blaster", url: `broadlink://${broadlink.host}:${broadlink.port}` },
    ],
    aircons: [
      { name: "bedroom", blaster: "Bedroom blaster", codes: "mitsubishi" },
      { name: "living-room", blaster: "Lounge blaster", codes: "new_fujitsu" },
    ],
    log_level: "warn",
  });
  const rooms = [
    {
      name: "bedroom",
      blaster: "Zmote",
      sent: () => zmote.infrared.map(({ raw }) => sendirWaveform(parseSendir(raw))),
      said: {} as Record<string, string>,
    },
    {
      name: "living-room",
      blaster: "Broadlink",
      sent: () => broadlink.infrared.map((packet) => decodeBroadlink(packet).waveform),
      said: {} as Record<string, string>,
    },
  ];
  const { base_topic: base } = config;
  const hardware = building.move();
  return {
    base,
    about: {
      hardware: "aircons simulated blasters, a Zmote in the bedroom, a Broadlink in the living room",
      topics: `${base}/<bedroom|living-room>/{power,mode,temperature,fan_mode,swing_mode}/set, …/get`,
    },
    headings: ["aircon", "blaster", "power/get", "mode/get", "temperature/get", "codes", "the last one says"],
    rows: () =>
      rooms.map(({ name, blaster, sent, said: { power, mode, temperature } }) => {
        const codes = sent();
        const last = meaning(codes.at(-1));
        return {
          key: name,
          cells: [name, blaster, power ?? "-", mode ?? "-", temperature ?? "-", String(codes.length), last],
          sentence: `${name}: ${power ?? "unknown"}, ${mode ?? "unknown"}, ${temperature ?? "unknown"} °C; codes sent: ${codes.length}, the last one says: ${last}`,
        };
      }),
    heard(topic, payload) {
      const [, name, aspect] = /^([\w-]+)\/(\w+)\/get$/.exec(topic) ?? [];
      for (const room of rooms) if (aspect && room.name === name) room.said[aspect] = payload;
    },
    availability: rooms.map(({ name }) => `${name}/availability/get`),
    tries: [
      { topic: "bedroom/mode/set", payload: "cool" },
      { topic: "bedroom/temperature/set", payload: "21" },
      { topic: "living-room/power/set", payload: "ON" },
    ],
    daemon: run(smartAirconsDaemon(), config, { log, signal }),
    [Symbol.asyncDispose]: () => hardware.disposeAsync(),
  };
}

/** What an aircon makes of a code. */
function meaning(code: Waveform | undefined): string {
  if (!code) return "-";
  const { known, ...found } = identify(code);
  if (!known || !("state" in found)) return "nothing that we know";
  const { power, mode, temperatureCelsius, fan, swing } = found.state;
  if (power === "off") return `${known.protocol}, off`;
  return `${known.protocol}, ${mode}, ${temperatureCelsius} °C, fan ${fan}, swing ${swing}`;
}
