import { expect, test } from "vitest";
import { sprinklers } from "../../devices/sprinklers/entities.ts";
import { runZones } from "../../devices/sprinklers/garden.ts";
import { cell } from "../../src/cell.ts";
import { aGarden, MINUTE, SECOND, zone } from "./rules-garden.ts";
import { listeningLog, wire } from "./wired.ts";

test.each([
  [30 * MINUTE, 30],
  [90 * SECOND, 1],
  [MINUTE, 1],
  [3 * 60 * MINUTE, 180],
])("with a max_run of %i ms a duration is from 1 to %i whole minutes", (maxRunMs, max) => {
  const { rules } = aGarden({ zones: [zone(2, { maxRunMs })] });
  const { clock, driver } = wire({ relays: [2] });
  const zones = runZones(rules, driver, cell(true), { log: listeningLog().log, clock });
  const options = { names: new Map(), switches: false, base: "garden", instance: "main", clock };
  const { entities } = sprinklers(rules, zones, driver, options);
  const duration = entities.find(({ key }) => key === "bank-2-duration");
  expect(duration).toMatchObject({ platform: "number", min: 1, max, step: 1, unit: "min" });
});
