import { describe, expect, it, vi } from "vitest";
import { untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { runToy, topics } from "../support/toy.ts";

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`a daemon that stops, ${name}`, ["mosquitto"], () => {
      it("leaves offline behind when the broker is up, and nobody's will comes later", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        expect(await toy.stop()).toBeLessThan(1_000);
        await person.until(topics.daemon, "offline");
        await person.until(topics.availability, "offline");
        const goodbye = /DISCONNECT from mqtt-things-toy-main|mqtt-things-toy-main disconnected\./;
        await vi.waitFor(() => expect(house.mosquitto.log()).toMatch(goodbye));
        expect(person.history(topics.daemon)).toEqual(["online", "offline"]);
      });

      it("is gone within 5 s when the broker is down", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await house.mosquitto.kill();
        expect(await toy.stop()).toBeLessThan(5_000);
      });

      it("is gone within 5 s when the broker is frozen, whose will then says offline", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        house.mosquitto.freeze();
        toy.lamp.report.set({ available: true, state: { on: "ON" } });
        expect(await toy.stop()).toBeLessThan(5_000);
        house.mosquitto.thaw();
        await person.until(topics.daemon, "offline");
      });
    });
  }
});
