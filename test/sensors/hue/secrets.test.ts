import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { BridgeStatus } from "../../../devices/sensors/hue/status.ts";
import { met, type Wired, wire } from "./wired.ts";

const KEY = "fake-key-aSd00000000000000000000000000000";

/** Everything that a person or a log could see of a bridge from now on. */
function everythingOf({ bridge, lines }: Wired): () => string {
  const seen: BridgeStatus[] = [bridge.status.get()];
  bridge.status.onChange(() => seen.push(bridge.status.get()));
  return () => lines.join("") + seen.map((status) => inspect(status, { depth: 9, showHidden: true })).join("");
}

test.each(["square", "round"] as const)(
  "the key is in no log and in no error, whatever happens to a %s bridge",
  async (kind) => {
    const wired = await met({ kind });
    const { fake, pass } = wired;
    expect(fake.key).toBe(KEY);
    const everything = everythingOf(wired);
    for (const status of [301, 400, 404, 405, 429, 500, 503]) {
      fake.faults.status = status;
      await pass(130_000, 1_000);
    }
    fake.faults.status = undefined;
    // A bridge that says the key itself.
    fake.faults.body = Buffer.from(JSON.stringify([{ error: { type: 7, address: `/${KEY}`, description: KEY } }]));
    await pass(130_000, 1_000);
    fake.faults.body = Buffer.from(KEY);
    await pass(130_000, 1_000);
    fake.faults.body = undefined;
    fake.faults.silent = true;
    await pass(130_000, 1_000);
    fake.faults.silent = false;
    await fake.powerOff();
    await pass(130_000, 1_000);
    await fake.powerOn();
    await pass(130_000, 1_000);
    fake.revokeKeys();
    await pass(130_000, 1_000);
    expect(everything().length).toBeGreaterThan(1_000);
    expect(everything()).not.toContain(KEY);
  },
);

test.each(["square", "round"] as const)(
  "a key that no bridge can have given is a problem, with a %s bridge",
  async (kind) => {
    for (const key of ["two words", "a\nb", "ä🔑", "../config", "a\u0000b"]) {
      const wired = await wire({ kind }, { key });
      const everything = everythingOf(wired);
      await wired.until(() => wired.bridge.status.get().problem !== undefined);
      expect(wired.bridge.status.get().problem?.trouble).toBe("unpaired");
      expect(everything()).not.toContain(key);
    }
  },
);
