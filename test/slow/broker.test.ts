import { describe, expect, it } from "vitest";
import { obeys, untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { runToy, topics } from "../support/toy.ts";

const SOON_MS = 10_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const timeout = 150_000;

/** What reached the toy, other than what `obeys` tries. */
const switched = (moves: readonly string[]) => moves.filter((move) => move.startsWith("on="));

describe.concurrent("at their production values, with either version", { timeout }, () => {
  for (const { name, old } of bothVersions) {
    suite(`the long times, ${name}`, ["mosquitto"], () => {
      it("a broker that stands still for 30 s with commands behind it moves nothing when it goes on", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url, { keepalive: 0 });
        await person.until(topics.daemon, "online");
        house.mosquitto.freeze();
        const sent = Promise.all([
          person.publish(topics.setOn, "ON", { qos: 1 }),
          person.publish(topics.setOn, "ON", { qos: 0 }),
          person.publish(topics.setOn, "ON", { qos: 2 }),
        ]);
        const beforeMs = performance.now();
        await toy.logged.until("connection to the broker is lost", 20_000);
        expect(performance.now() - beforeMs).toBeLessThan(16_000);
        await wait(30_000 - (performance.now() - beforeMs));
        house.mosquitto.thaw();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
        await sent;
        expect(switched(toy.lamp.moves)).toEqual([]);
        await obeys(person, toy);
        expect(switched(toy.lamp.moves)).toEqual([]);
        // What an old connection's will says is corrected as long as the daemon lives.
        await wait(7_000);
        expect((await person.retained(topics.daemon)).get(topics.daemon)).toBe("online");
        expect(toy.logged.said("error")).toEqual([]);
      });

      it("a broker that stands still for 90 s gets everything within 10 s of its return", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        house.mosquitto.freeze();
        await wait(90_000);
        house.mosquitto.thaw();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
        expect(toy.logged.said("warn", "error").length).toBeLessThanOrEqual(3);
      });

      it("a broker that is away for 90 s gets everything within 10 s of its return", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await house.mosquitto.kill();
        await wait(90_000);
        await house.mosquitto.start();
        expect(await untilAllThere(house.mosquitto.url, toy)).toBeLessThan(SOON_MS);
      });

      it("a broker that refuses the daemon for 30 s lets it in again within 10 s", async () => {
        const users = { toy: "wooden" };
        const mqtt = { username: "toy", password: "wooden" };
        await using house = await startHouse(old, { users, persistence: true });
        await using toy = runToy(house.url, { mqtt });
        await untilAllThere(house.mosquitto.url, toy, mqtt);
        const { port } = house.mosquitto;
        await house.mosquitto.stop();
        {
          await using _strict = await startHouse(old, { port, users: { other: "else" } });
          await toy.logged.until("it does not let us in");
          await wait(30_000);
        }
        await house.mosquitto.start();
        expect(await untilAllThere(house.mosquitto.url, toy, mqtt)).toBeLessThan(SOON_MS);
      });

      it("a will that was delayed does not stay: the daemon is online after it", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        house.between.block();
        house.between.cut();
        await wait(8_000);
        expect(person.latest(topics.daemon)).toBe("offline");
        house.between.mend();
        await untilAllThere(house.mosquitto.url, toy);
        await wait(8_000);
        expect((await person.retained(topics.daemon)).get(topics.daemon)).toBe("online");
      });
    });
  }
});
