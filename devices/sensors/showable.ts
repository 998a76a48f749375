import type { Device, Entity } from "../../src/device.ts";
import type { Abilities } from "./entities.ts";
import type { Place, Placeable } from "./places.ts";

/** A sensor that can be made a device, wherever it comes from. */
export interface Showable extends Placeable {
  /** Everything that makes it another device when it changes, but its place. */
  introduction: string;
  abilities: Abilities;
  /** `entities` are those of its abilities; sensors that can do the same share them. */
  show(how: Place & { entities: Entity[] }): Device;
}
