import { describe, expect, it } from "vitest";
import { obeys, untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson, type Person } from "../support/person.ts";
import { runToy, topics } from "../support/toy.ts";

const since = (person: Person, atMs: number) => person.messages.filter((seen) => seen.atMs >= atMs);

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`a daemon in a house, ${name}`, ["mosquitto"], () => {
      it("corrects within 1 s what an old will says of it, but not while it stops", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        for (let n = 0; n < 3; n++) {
          const corrected = person.next(topics.daemon, "online", 1_000);
          await person.publish(topics.daemon, "offline", { retain: true });
          await corrected;
        }
        await toy.stop();
        await person.until(topics.daemon, "offline");
        const before = person.history(topics.daemon).length;
        await person.publish(topics.daemon, "offline", { retain: true });
        await person.until(topics.daemon, "offline");
        expect(new Set(person.history(topics.daemon).slice(before))).toEqual(new Set(["offline"]));
        expect((await person.retained(topics.daemon)).get(topics.daemon)).toBe("offline");
      });

      it("answers Home Assistant's birth once, with documents, availability and state in that order", async () => {
        await using house = await startHouse(old);
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish("homeassistant/status", "online", { retain: true });
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        // What is there has reached this person as well, the last of it included.
        await person.until(topics.count, /./);
        const bornMs = performance.now();
        const document = person.next(topics.document, /Toy/, 6_000);
        const state = person.next(topics.count, /./, 6_000);
        await person.publish("homeassistant/status", "online");
        await person.publish("homeassistant/status", "online");
        await Promise.all([document, state]);
        const told = since(person, bornMs).filter(({ topic }) => /\/(get|config)$/.test(topic));
        expect(told.map(({ topic }) => topic)).toEqual([
          topics.document,
          topics.daemon,
          topics.availability,
          topics.on,
          topics.level,
          topics.count,
        ]);
        expect((told[0]?.atMs ?? 0) - bornMs).toBeGreaterThanOrEqual(500);
        expect((told[0]?.atMs ?? 0) - bornMs).toBeLessThan(5_500);
      });

      it("says once that somebody else uses its id, stays away for a while, and leaves it at that", async () => {
        await using house = await startHouse(old);
        await using one = runToy(house.url);
        await untilAllThere(house.mosquitto.url, one);
        await using other = runToy(house.url);
        await Promise.any([one.logged.until("another client uses id"), other.logged.until("another client uses id")]);
        for (const { logged } of [one, other]) {
          expect(logged.said("error").length).toBeLessThanOrEqual(1);
          expect(logged.said("warn").length).toBeLessThanOrEqual(2);
        }
        await other.stop();
        await untilAllThere(house.mosquitto.url, one);
      });

      it("remembers what is retained, on its entities' topics and on those of its own", async () => {
        await using house = await startHouse(old);
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish(topics.count, "41", { retain: true });
        await person.publish(topics.level, "7", { retain: true });
        await person.publish("home/toy/lamp/stranger/get", "1", { retain: true });
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        expect(toy.lamp.restored).toEqual({ count: "41", level: "7" });
      });

      it("tells of a button only those who are there: nothing is retained", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.on, "OFF");
        toy.lamp.press();
        await person.until(topics.button, "press");
        expect((await person.retained("home/toy/lamp/#")).has(topics.button)).toBe(false);
        await obeys(person, toy);
      });
    });
  }
});
