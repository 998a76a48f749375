import { describe, expect, it } from "vitest";
import { type Clock, realClock } from "../../src/clock.ts";
import { obeys } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { runToy, topics } from "../support/toy.ts";

/** Ten times as fast as the real one. */
const quick: Clock = {
  monotonicMs: () => realClock.monotonicMs() * 10,
  epochMs: realClock.epochMs,
  sleep: (ms, signal) => realClock.sleep(ms / 10, signal),
};

/** What a daemon needs (K5 of the requirements). */
const allowed = [
  "topic readwrite mqtt-things/toy/#",
  "topic readwrite home/toy/+/+/get",
  "topic readwrite home/toy/+/+/set",
  "topic write home/toy/+/+/event",
  "topic readwrite homeassistant/device/+/config",
  "topic read homeassistant/status",
  "topic read home/other/+",
];
const users = { toy: "wooden", anna: "a" };
const acl = (lines: string[]) => ["user toy", ...lines, "user anna", "topic readwrite #", ""].join("\n");
const mqtt = { username: "toy", password: "wooden" };
const anna = { username: "anna", password: "a" };
const missing = (...lines: string[]) =>
  `the broker's access list keeps topics from us; these lines are missing: ${lines.join(", ")}`;

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`an access list, ${name}`, ["mosquitto"], () => {
      it("that has the lines of the manual lets everything through, and nothing is said", async () => {
        await using house = await startHouse(old, { users, acl: acl(allowed) });
        await using toy = runToy(house.url, { mqtt, clock: quick });
        await using person = await connectPerson(house.mosquitto.url, anna);
        await person.until(topics.availability, "online");
        await obeys(person, toy);
        toy.lamp.press();
        await person.until(topics.button, "press");
        await person.publish(topics.input, "20.5");
        await toy.logged.until("20.5");
        // Longer than the 5 s in which everything has to come back.
        await quick.sleep(8_000);
        expect(toy.logged.said("warn", "error")).toEqual([]);
      });

      it("that silently keeps a command topic is one error, which names the line, also after reconnects", async () => {
        const lines = allowed.map((line) => line.replace("home/toy/+/+/set", "home/toy/+/level/set"));
        await using house = await startHouse(old, { users, acl: acl(lines) });
        await using toy = runToy(house.url, { mqtt, clock: quick });
        await toy.logged.until("access list");
        await using person = await connectPerson(house.mosquitto.url, anna);
        const back = person.next(topics.daemon, "online");
        house.between.cut();
        await back;
        await quick.sleep(8_000);
        expect(toy.logged.said("error")).toEqual([missing(`topic readwrite ${topics.setOn}`)]);
      });

      it("that lets a daemon read only where it has to write is one error", async () => {
        const lines = allowed.map((line) => line.replace("readwrite mqtt-things", "read mqtt-things"));
        await using house = await startHouse(old, { users, acl: acl(lines) });
        await using toy = runToy(house.url, { mqtt, clock: quick });
        await toy.logged.until("access list");
        expect(toy.logged.said("error")).toEqual([missing(`topic readwrite ${topics.daemon}`)]);
      });

      it("that lets nothing through but commands is one error with all its lines", async () => {
        await using house = await startHouse(old, { users, acl: acl(["topic readwrite home/toy/+/+/set"]) });
        await using toy = runToy(house.url, { mqtt, clock: quick });
        await toy.logged.until("access list");
        await quick.sleep(8_000);
        // In 3.1.1 Mosquitto acknowledges what it throws away: only what should come back is missed.
        const values = [topics.availability, topics.count, topics.level, topics.on];
        const unseen = old ? [] : values.map((topic) => `topic readwrite ${topic}`);
        const last = toy.logged.said("error").at(-1);
        for (const line of [...unseen, `topic readwrite ${topics.document}`, `topic readwrite ${topics.daemon}`]) {
          expect(last).toContain(line);
        }
        expect(toy.logged.said("error").length).toBeLessThanOrEqual(2);
      });
    });
  }
});
