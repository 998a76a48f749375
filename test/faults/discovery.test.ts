import { describe, expect, it, vi } from "vitest";
import { untilAllThere } from "../support/back.ts";
import { bothVersions, startHouse } from "../support/between.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { runToy, topics, toyDaemon, toyDevice } from "../support/toy.ts";

const bell = { platform: "button", key: "bell", name: "Bell", press: { topic: "bell" } } as const;
const documents = "homeassistant/device/+/config";
const mine = (key: string) => `homeassistant/device/mqtt-things_toy_main_${key}/config`;
const strangers = [
  "homeassistant/device/0x00158d0001/config",
  "homeassistant/device/mqtt-things_toy_main2_lamp/config",
  "homeassistant/device/mqtt-things_sprinklers_main_board/config",
];

describe.concurrent("with either version", () => {
  for (const { name, old } of bothVersions) {
    suite(`discovery, ${name}`, ["mosquitto"], () => {
      it("removes an entity that is gone with a tombstone, and says the clean document 5 s later", async () => {
        await using house = await startHouse(old);
        const first = runToy(house.url, { lamp: toyDevice("lamp", { more: [bell] }) });
        await untilAllThere(house.mosquitto.url, first);
        await first.stop();
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.document, /bell/);
        await using _toy = runToy(house.url);
        await person.next(topics.document, (payload) => !payload.includes("bell"));
        const seen = person.messages.filter(({ topic }) => topic === topics.document);
        const bells = seen.map(({ payload }) => JSON.parse(payload).components.bell);
        expect(bells).toEqual([expect.objectContaining({ name: "Bell" }), { platform: "button" }, undefined]);
        expect((seen[2]?.atMs ?? 0) - (seen[1]?.atMs ?? 0)).toBeGreaterThanOrEqual(4_990);
      });

      it("removes devices that are gone, from before this start and since, and nothing of strangers", async () => {
        await using house = await startHouse(old);
        await using person = await connectPerson(house.mosquitto.url);
        for (const topic of [mine("former"), ...strangers])
          await person.publish(topic, '{"components":{}}', { retain: true });
        await using toy = runToy(house.url);
        const guest = toyDevice("guest");
        toy.devices.set([toy.lamp.device, guest.device]);
        await person.until(`${guest.base}/availability/get`, "online");
        await person.until(mine("guest"), /Toy guest/);
        await person.until(mine("former"), "");
        expect([...(await person.retained(documents)).keys()].sort()).toEqual(
          [...strangers, topics.document, mine("guest")].sort(),
        );
        toy.devices.set([toy.lamp.device]);
        await person.until(mine("guest"), "");
        await person.until(`${guest.base}/count/get`, "");
        expect([...(await person.retained(`${guest.base}/#`)).keys()]).toEqual([]);
        expect([...(await person.retained(documents)).keys()].sort()).toEqual([...strangers, topics.document].sort());
        await untilAllThere(house.mosquitto.url, toy);
      });

      it("removes nothing while the list of devices is not known", async () => {
        await using house = await startHouse(old);
        await using person = await connectPerson(house.mosquitto.url);
        await person.publish(mine("lamp"), '{"components":{}}', { retain: true });
        const list = Promise.withResolvers<void>();
        await using toy = runToy(house.url, {
          daemon: (devices) => ({
            ...toyDaemon(devices),
            async *open(context) {
              await list.promise;
              yield* toyDaemon(devices).open(context);
            },
          }),
        });
        await person.until(topics.daemon, "online");
        // The recall of what is retained is over when it is unsubscribed from.
        await vi.waitFor(
          () => expect(house.mosquitto.log()).toMatch(/Received UNSUBSCRIBE from mqtt-things-toy-main/),
          5_000,
        );
        expect((await person.retained(documents)).get(mine("lamp"))).toBe('{"components":{}}');
        list.resolve();
        await untilAllThere(house.mosquitto.url, toy);
      });

      it("comes back 5 s after Home Assistant emptied it, with the state", async () => {
        await using house = await startHouse(old);
        await using toy = runToy(house.url);
        await untilAllThere(house.mosquitto.url, toy);
        await using person = await connectPerson(house.mosquitto.url);
        await person.until(topics.document, /Toy lamp/);
        const atMs = performance.now();
        const again = person.next(topics.document, /Toy lamp/);
        await person.publish(topics.document, "", { retain: true });
        await again;
        expect(performance.now() - atMs).toBeGreaterThanOrEqual(4_990);
        await untilAllThere(house.mosquitto.url, toy);
      });
    });
  }
});
