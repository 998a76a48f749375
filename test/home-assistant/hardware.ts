import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeBridge, startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { type FakeZmote, startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { boardOnPty, type PtyPort } from "../../devices/sprinklers/pty.ts";
import { type SimulatedBoard, simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import type { Name } from "./shown.ts";

/** All hardware there is, simulated; the board on a real serial port. */
export interface Hardware extends AsyncDisposable {
  board: SimulatedBoard;
  cable: PtyPort;
  plugIn(): Promise<void>;
  /** Who sends for the bedroom, and for the living room. */
  zmote: FakeZmote;
  broadlink: FakeBroadlink;
  bridge: FakeBridge;
  /** A Broadlink unit with a thermometer. */
  cellar: FakeBroadlink;
}

const hex = readFileSync(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "utf8");

/** Plugs everything in; the board's port is a link in this folder. */
export async function hardwareIn(folder: string): Promise<Hardware> {
  await using building = new AsyncDisposableStack();
  const board = simulatedBoard({ hex });
  const link = join(folder, "usb-Arduino");
  const hardware: Hardware = {
    board,
    cable: await boardOnPty(board, link),
    async plugIn() {
      hardware.cable = await boardOnPty(board, link);
    },
    zmote: building.use(await startFakeZmote()),
    broadlink: building.use(await startFakeBroadlink()),
    bridge: building.use(await startFakeBridge()),
    cellar: building.use(await startFakeBroadlink({ name: "Cellar", mac: "78:0f:77:44:55:66" })),
    [Symbol.asyncDispose]: async () => {},
  };
  building.defer(() => hardware.cable.unplug());
  const owned = building.move();
  hardware[Symbol.asyncDispose] = () => owned.disposeAsync();
  return hardware;
}

/** The house's configuration files, as a person would write them. */
export function keysOf(name: Name, { cable, zmote, broadlink, bridge, cellar }: Hardware): object {
  switch (name) {
    case "sprinklers":
      return {
        port: cable.path,
        zones: [
          { relay: 2, name: "Front lawn" },
          { relay: 3, name: "Veggie beds" },
          { relay: 4, name: "Pots" },
        ],
        switches: true,
      };
    case "smart-aircons":
      return {
        blasters: [
          { name: "Bedroom blaster", url: `zmote://${zmote.host}:${zmote.port}` },
          { name: "Lounge blaster", url: `broadlink://${broadlink.host}:${broadlink.port}` },
        ],
        aircons: [
          {
            ...{ name: "bedroom", blaster: "Bedroom blaster", codes: "mitsubishi" },
            current_temperature: { topic: "home/inside/environment/cellar/temperature/get" },
            current_humidity: { topic: "home/inside/environment/cellar/humidity/get" },
          },
          { name: "living-room", blaster: "Lounge blaster", codes: "new_fujitsu" },
        ],
      };
    case "sensors":
      return {
        hue: {
          ...{ host: bridge.host, port: bridge.port, key: bridge.key },
          fingerprint: bridge.certificates?.fingerprint,
          reconcile: "2s",
        },
        broadlink: { hosts: [`${cellar.host}:${cellar.port}`], poll: "1s" },
      };
  }
}
