import { setTimeout as pass } from "node:timers/promises";
import type { House } from "../home-assistant/house.ts";
import type { Luck } from "./luck.ts";

/** Something that goes wrong in a house. `strike` resolves when its cause is gone; the house has to come back by itself. */
interface Fault {
  name: string;
  strike(house: House, luck: Luck): Promise<void>;
}

const seconds = (luck: Luck, from: number, to: number) => pass(luck.between(from * 1_000, to * 1_000));

/** All that happens. */
export const faults: readonly Fault[] = [
  {
    name: "the broker stands still",
    async strike({ broker }, luck) {
      broker.freeze();
      await seconds(luck, 2, 25);
      broker.thaw();
    },
  },
  {
    name: "the broker is killed and started",
    async strike({ broker }, luck) {
      await broker.kill();
      await seconds(luck, 0, 10);
      await broker.start();
    },
  },
  {
    name: "the broker restarts in good order",
    async strike({ broker }, luck) {
      await broker.stop();
      await seconds(luck, 0, 5);
      await broker.start();
    },
  },
  {
    name: "the board is unplugged",
    async strike({ hardware }, luck) {
      await hardware.cable.unplug();
      await seconds(luck, 1, 15);
      await hardware.plugIn();
    },
  },
  {
    name: "the board resets",
    async strike({ hardware }) {
      hardware.board.reset();
    },
  },
  {
    name: "the bridge restarts",
    async strike({ hardware }, luck) {
      await hardware.bridge.powerOff();
      await seconds(luck, 1, 10);
      await hardware.bridge.powerOn();
    },
  },
  {
    name: "the blasters lose packets",
    async strike({ hardware }, luck) {
      for (let left = 4; left > 0; left--) {
        hardware.broadlink.faults.mishaps.push(luck.one(["unheard", "lost", "doubled", "garbage"]));
        hardware.zmote.faults.mishaps.push(luck.one(["hang", "busy", "reset", "hang up"]));
      }
      await seconds(luck, 5, 15);
      hardware.broadlink.faults.mishaps.length = 0;
      hardware.zmote.faults.mishaps.length = 0;
    },
  },
  {
    name: "the clock steps by an hour",
    async strike({ daemons }) {
      for (const daemon of daemons.values()) daemon.signal("SIGUSR2");
    },
  },
  {
    name: "Home Assistant restarts",
    async strike(house) {
      await house.homeAssistant.stop();
      await house.openHomeAssistant();
    },
  },
];
