import type { IClientOptions } from "mqtt";
import { describe, expect, it } from "vitest";
import { startAedes } from "./broker.ts";
import { startMosquitto } from "./mosquitto.ts";
import { suite } from "./need.ts";
import { connectPerson } from "./person.ts";

type Start = () => Promise<{ url: string } & AsyncDisposable>;

function behaves(start: Start, options: IClientOptions) {
  it("sees what is said, in order, with what was said before marked as retained", async () => {
    await using broker = await start();
    await using early = await connectPerson(broker.url, options);
    await early.publish("kept", "1", { retain: true });
    await using late = await connectPerson(broker.url, options);
    await late.until("kept", "1");
    await early.publish("kept", "2", { retain: true });
    await early.publish("gone", "now", { qos: 0 });
    await late.until("gone", "now");
    expect(late.messages.map(({ topic, payload, retain }) => [topic, payload, retain])).toEqual([
      ["kept", "1", true],
      ["kept", "2", false],
      ["gone", "now", false],
    ]);
    expect(late.history("kept")).toEqual(["1", "2"]);
    expect(late.latest("never")).toBeUndefined();
  });

  it("takes an empty payload for a cleared topic", async () => {
    await using broker = await start();
    await using person = await connectPerson(broker.url, options);
    await person.publish("kept", "1", { retain: true });
    await person.publish("also/kept", "2", { retain: true });
    await person.publish("kept", "", { retain: true });
    await person.until("kept", "");
    expect(person.latest("kept")).toBe("");
    expect(await person.retained("#")).toEqual(new Map([["also/kept", "2"]]));
    expect(await person.retained("kept/#")).toEqual(new Map());
  });

  it("waits with `next` for a new message, with `until` for any", async () => {
    await using broker = await start();
    await using person = await connectPerson(broker.url, options);
    await person.publish("a", "on");
    await person.until("a", /^o/);
    const again = person.next("a", "on");
    const other = person.next("a", (payload) => payload.length === 3);
    await expect(person.next("a", "on", 50)).rejects.toThrow('a: wanted "on", last saw "on", waited 50 ms');
    await person.publish("a", "off");
    await person.publish("a", "on");
    expect(await other).toBe("off");
    expect(await again).toBe("on");
  });

  it("passes on what a test of a payload throws", async () => {
    await using broker = await start();
    await using person = await connectPerson(broker.url, options);
    const broken = person.next("a", (payload) => JSON.parse(payload));
    const refused = expect(broken).rejects.toThrow("JSON");
    await person.publish("a", "{");
    await refused;
  });

  it("is told when there is no broker", async () => {
    const broker = await start();
    await broker[Symbol.asyncDispose]();
    await expect(connectPerson(broker.url, options)).rejects.toThrow("ECONNREFUSED");
  });
}

suite("a person at a broker that restarts", ["mosquitto"], () => {
  it("comes back and hears everything again", async () => {
    await using broker = await startMosquitto();
    await using person = await connectPerson(broker.url);
    await person.publish("a", "1");
    await broker.kill();
    await broker.start();
    await using other = await connectPerson(broker.url);
    await other.publish("a", "2", { retain: true });
    await person.until("a", "2");
    await person.publish("a", "3");
    await other.until("a", "3");
  });
});

describe("a person at aedes", () => {
  behaves(startAedes, { protocolVersion: 4 });

  it("is refused with MQTT 5", async () => {
    await using broker = await startAedes();
    await expect(connectPerson(broker.url)).rejects.toThrow("protocol version");
  });

  it("is refused a subscription", async () => {
    await using broker = await startAedes({ authorizeSubscribe: (_client, _wish, done) => done(null, null) });
    await expect(connectPerson(broker.url, { protocolVersion: 4 })).rejects.toThrow("Subscribe error");
  });
});

suite("a person at Mosquitto", ["mosquitto"], () => {
  behaves(startMosquitto, {});
  behaves(startMosquitto, { protocolVersion: 4 });
});
