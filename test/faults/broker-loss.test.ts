import { describe, expect, it } from "vitest";
import { untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { freePort } from "../support/ports.ts";
import { runToy, topics } from "../support/toy.ts";

const SOON_MS = 10_000;

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`a daemon whose broker is away, ${name}`, ["mosquitto"], () => {
      it("finds it when it comes, although it was not there at the start", async () => {
        await using house = await startHouse(old);
        await house.mosquitto.stop();
        await using toy = runToy(house.url);
        await toy.logged.until("can't be reached");
        await house.mosquitto.start();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
      });

      it("goes on asking a broker that does not know it, until it is let in", async () => {
        const port = await freePort();
        const credentials = { username: "toy", password: "wooden" };
        await using strict = await startHouse(old, { port, users: { other: "else" } });
        await using toy = runToy(strict.url, { mqtt: credentials });
        await toy.logged.until("it does not let us in: check mqtt.username");
        await strict.mosquitto.stop();
        await using _kind = await startMosquitto({ port, users: { toy: "wooden" } });
        expect(await untilAllThere(strict.mosquitto.url, toy, credentials)).toBeLessThan(SOON_MS);
        expect(toy.logged.text()).not.toContain("wooden");
      });

      it("gives everything back to a broker that restarts and has forgotten it", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await house.mosquitto.kill();
        toy.lamp.report.set({ available: true, state: { on: "ON", level: "3" } });
        await toy.logged.until("connection to the broker is lost");
        await house.mosquitto.start();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
        expect(new Set(house.between.versions.slice(1))).toEqual(new Set([old ? 4 : 5]));
      });

      it("gets over a broker that stands still for a moment, and sends what was the latest", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.count, /./);
        house.mosquitto.freeze();
        const before = person.history(topics.count).length;
        for (let n = 0; n < 1_000; n++)
          toy.lamp.report.set({ available: true, state: { on: "ON", count: `during ${n}` } });
        await new Promise((resolve) => setImmediate(resolve));
        for (let n = 0; n < 1_000; n++) {
          toy.lamp.report.set({ available: true, state: { on: "ON", count: `later ${n}` } });
          await new Promise((resolve) => setImmediate(resolve));
        }
        house.mosquitto.thaw();
        await person.until(topics.count, "later 999");
        expect(person.history(topics.count).length - before).toBeLessThanOrEqual(2);
      });

      it("finds a broker that stood still when it started", async () => {
        await using house = await startHouse(old);
        house.mosquitto.freeze();
        await using toy = runToy(house.url);
        await toy.logged.until(/does not answer/);
        house.mosquitto.thaw();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
      });

      it("comes back through a cable that is cut, and nothing stays offline", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        // A third time within a minute would look like somebody with the same id.
        for (let n = 0; n < 2; n++) {
          const back = person.next(topics.daemon, "online");
          house.between.cut();
          await back;
          await untilAllThere(house.mosquitto.url, toy);
        }
        expect(toy.logged.said("error")).toEqual([]);
        expect((await person.retained(topics.daemon)).get(topics.daemon)).toBe("online");
      });
    });
  }
});
