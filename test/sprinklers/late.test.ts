import { expect, test } from "vitest";
import { sprinklers } from "../../devices/sprinklers/entities.ts";
import { runZones } from "../../devices/sprinklers/garden.ts";
import { cell } from "../../src/cell.ts";
import { attributesOf } from "../../src/device.ts";
import { aGarden, zone } from "./rules-garden.ts";
import { listeningLog, wire } from "./wired.ts";

const { rules } = aGarden({ zones: [zone(2)] });
const { clock, driver } = wire({ relays: [2] });
const zones = runZones(rules, driver, cell(true), { log: listeningLog().log, clock });
const options = { names: new Map(), switches: true, base: "garden", instance: "main", clock };
const attributes = sprinklers(rules, zones, driver, options).entities.flatMap(attributesOf);

test.each([
  ["bank/2/state", ["0", "off", " CLOSE "], ["1", "on", "OPEN", "banana", ""]],
  ["bank/2/run", [], ["1", "600", "0"]],
  ["bank/2/duration", [], ["1", "60"]],
  ["all_off", ["PRESS", "whatever"], []],
  ["rain_delay", [], ["0", "24"]],
])("of what comes late on %s only what closes is obeyed", (topic, obeyed, refused) => {
  const commands = attributes.flatMap(({ topic: its, command }) => (its === topic && command ? [command] : []));
  expect(commands).not.toEqual([]);
  for (const { harmlessWhenLate } of commands) {
    expect(obeyed.filter((payload) => !harmlessWhenLate(payload))).toEqual([]);
    expect(refused.filter((payload) => harmlessWhenLate(payload))).toEqual([]);
  }
});
