import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeBridge } from "../../../devices/sensors/hue/fake-bridge.ts";
import { makeCertificates } from "../../../devices/sensors/hue/fake-certificate.ts";
import { type PairingProgress, pair } from "../../../devices/sensors/hue/pair.ts";
import { pass, virtualClock } from "../../support/clock.ts";
import { until, wire } from "./wired.ts";

/** Somebody who pairs with such a bridge. */
async function pairing(setting: Parameters<typeof startFakeBridge>[0] = {}, instance = "main") {
  const clock = virtualClock();
  const fake = await startFakeBridge({ clock, ...setting });
  onTestFinished(() => fake[Symbol.asyncDispose]());
  const ending = new AbortController();
  const seen: PairingProgress[] = [];
  const address = { host: fake.host, port: fake.port, roots: fake.certificates?.root };
  const { signal } = ending;
  const paired = pair(address, { instance, signal, clock, progress: (now) => void seen.push(now) });
  const outcome = paired.catch((error) => error);
  let ended = false;
  void outcome.then(() => (ended = true));
  return { clock, fake, seen, outcome, ending, ended: () => ended };
}

describe("pairing", () => {
  test.each(["square", "pro", "round"] as const)(
    "with a %s bridge gives a key when its button is pressed",
    async (kind) => {
      const { clock, fake, seen, outcome } = await pairing({ kind });
      await until(() => seen.length > 0);
      await pass(clock, 10_000);
      expect(seen.length).toBeGreaterThanOrEqual(10);
      expect(seen[0]).toMatchObject({
        identity: { id: "001788fffe123456" },
        secure: kind !== "round",
        leftMs: expect.closeTo(60_000, -3),
      });
      fake.pressLinkButton();
      await pass(clock, 1_500);
      const { key, identity } = await outcome;
      expect([key.length, identity.id]).toEqual([40, "001788fffe123456"]);
      const { bridge } = await wire(
        { kind },
        { host: fake.host, port: fake.port, roots: fake.certificates?.root, key },
      );
      await until(() => bridge.status.get().reachable);
    },
  );

  test("is given up after a minute in which nobody presses", async () => {
    const { clock, outcome, ended } = await pairing();
    await pass(clock, 58_000);
    expect(ended()).toBe(false);
    await pass(clock, 4_000);
    expect(await outcome).toMatchObject({ trouble: "unpressed", message: expect.stringMatching(/nobody pressed/) });
  });

  test("ends when we are told to", async () => {
    const { seen, outcome, ending } = await pairing();
    await until(() => seen.length > 0);
    ending.abort();
    expect(await outcome).toMatchObject({ trouble: "closed" });
  });

  test("with a bridge that is not trusted does not begin", async () => {
    const { fake } = await pairing();
    const attempt = pair({ host: fake.host, port: fake.port }, { instance: "x", signal: new AbortController().signal });
    await expect(attempt).rejects.toMatchObject({ trouble: "untrusted", fingerprint: fake.certificates?.fingerprint });
  });

  test("with a bridge whose certificate is another's does not begin", async () => {
    const certificates = makeCertificates({ commonName: "001788fffe000001" });
    const { fake, outcome } = await pairing({ certificates });
    fake.pressLinkButton();
    expect(await outcome).toMatchObject({ trouble: "stranger" });
    expect(fake.received.map(({ kind }) => kind)).toEqual(["config"]);
  });

  test("survives a bridge that is silent for a moment", async () => {
    const { clock, fake, seen, outcome } = await pairing();
    await until(() => seen.length > 0);
    fake.faults.silent = true;
    await pass(clock, 8_000);
    fake.faults.silent = false;
    fake.pressLinkButton();
    await pass(clock, 8_000);
    expect(await outcome).toMatchObject({ key: expect.any(String) });
  });

  test("with a bridge that falls silent for good says so", async () => {
    const { clock, fake, seen, outcome } = await pairing();
    await until(() => seen.length > 0);
    fake.faults.silent = true;
    await pass(clock, 70_000);
    expect(await outcome).toMatchObject({ trouble: "silent" });
  });

  test("with a very long name keeps what a bridge takes", async () => {
    const { clock, fake, outcome } = await pairing({}, "x".repeat(300));
    fake.pressLinkButton();
    await pass(clock, 3_000);
    expect(await outcome).toMatchObject({ key: expect.any(String) });
    expect(fake.pairedWith).toEqual([`mqtt-things#${"x".repeat(19)}`]);
  });
});
