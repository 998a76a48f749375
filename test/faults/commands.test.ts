import { describe, expect, it } from "vitest";
import { obeys, untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { runToy, topics } from "../support/toy.ts";

const config = { health_port: 0, health_host: "127.0.0.1" };

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`an old command, ${name}`, ["mosquitto"], () => {
      it("that is retained is dropped, counted, logged once and cleared", async () => {
        await using house = await startHouse(old);
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish(topics.setOn, "ON", { retain: true });
        await using toy = runToy(house.url, { config });
        await person.next(topics.setOn, "");
        await untilAllThere(house.mosquitto.url, toy);
        expect(toy.lamp.moves.filter((move) => move.startsWith("on"))).toEqual([]);
        expect((await person.retained("home/toy/lamp/+/set")).size).toBe(0);
        expect(toy.logged.said("warn")).toEqual([
          `a retained command on ${topics.setOn} is dropped and cleared: publish commands without retain`,
        ]);
        const metrics = await (await fetch(`http://127.0.0.1:${await toy.healthPort}/metrics`)).text();
        expect(metrics).toContain('mqtt_things_commands_total{outcome="replayed"} 1');
      });

      it("that was live with -r is obeyed, and what it left is dropped and cleared at the next connect", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish(topics.setOn, "ON", { retain: true });
        await person.until(topics.on, "ON");
        await person.publish(topics.setOn, "", {});
        expect((await person.retained(topics.setOn)).get(topics.setOn)).toBe("ON");
        toy.lamp.report.set({ available: true, state: { on: "OFF", level: "5" } });
        const moves = toy.lamp.moves.length;
        const cleared = person.next(topics.setOn, "");
        house.between.cut();
        await cleared;
        await toy.logged.until("a retained command");
        await untilAllThere(house.mosquitto.url, toy);
        expect(toy.lamp.moves.slice(moves).filter((move) => move.startsWith("on"))).toEqual([]);
        expect((await person.retained(topics.setOn)).size).toBe(0);
      });

      it("sent at QoS 1 while the daemon was stopped moves nothing when it starts", async () => {
        await using house = await startHouse(old);
        const first = runToy(house.url);
        await untilAllThere(house.mosquitto.url, first);
        await first.stop();
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish(topics.setOn, "ON", { qos: 1 });
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        expect(toy.lamp.moves.filter((move) => move.startsWith("on"))).toEqual([]);
      });

      it("sent at QoS 1 while the cable was cut moves nothing when it is mended, although the session lives", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        house.between.block();
        house.between.cut();
        await toy.logged.until("connection to the broker is lost");
        await person.publish(topics.setOn, "ON", { qos: 1 });
        house.between.mend();
        await untilAllThere(house.mosquitto.url, toy);
        expect(toy.lamp.moves.filter((move) => move.startsWith("on"))).toEqual([]);
        // Not even refused: the broker threw it away with the old session.
        expect(toy.logged.text()).not.toContain(`${topics.setOn} came within`);
      });

      it("that waited for the broker with us is refused, and the state is told again", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url, { config });
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.daemon, "online");
        const back = person.next(topics.daemon, "online");
        house.between.cut();
        await back;
        const told = person.next(topics.on, "OFF", 900);
        await person.publish(topics.setOn, "ON");
        await told;
        await toy.logged.until("may be an old one");
        expect(toy.lamp.moves.filter((move) => move.startsWith("on"))).toEqual([]);
        await obeys(person, toy);
        const metrics = await (await fetch(`http://127.0.0.1:${await toy.healthPort}/metrics`)).text();
        expect(metrics).toMatch(/commands_total\{outcome="late"\} [1-9]/);
      });

      it("that is empty is ignored without a word", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        const lines = toy.logged.said("info", "warn", "error").length;
        const heard = toy.logged.lines.length;
        await person.publish(topics.setOn, "", { retain: true });
        await person.publish(topics.input, "fence");
        await toy.logged.until("fence");
        expect(toy.logged.lines.length).toBeGreaterThan(heard);
        expect(toy.logged.said("info", "warn", "error")).toHaveLength(lines);
      });
    });
  }
});
