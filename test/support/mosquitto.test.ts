import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { startMosquitto } from "./mosquitto.ts";
import { suite } from "./need.ts";
import { connectPerson } from "./person.ts";

suite("a Mosquitto for tests", ["mosquitto"], () => {
  it("lets anybody in when it has no users", async () => {
    await using broker = await startMosquitto();
    await using person = await connectPerson(broker.url);
    await person.publish("a/b", "1");
    expect(await person.until("a/b", "1")).toBe("1");
  });

  it("refuses a wrong password and nobody at all", async () => {
    await using broker = await startMosquitto({ users: { anna: "secret" } });
    await using person = await connectPerson(broker.url, { username: "anna", password: "secret" });
    await person.publish("a", "1");
    const wrong = connectPerson(broker.url, { username: "anna", password: "guess" });
    await expect(wrong).rejects.toThrow("Connection refused: Not authorized");
    await expect(connectPerson(broker.url)).rejects.toThrow("Connection refused: Not authorized");
  });

  it("keeps people to their access list", async () => {
    const acl = "user anna\ntopic read #\nuser ben\ntopic readwrite ben/#\ntopic read #\n";
    await using broker = await startMosquitto({ users: { anna: "a", ben: "b" }, acl });
    await using anna = await connectPerson(broker.url, { username: "anna", password: "a" });
    await using ben = await connectPerson(broker.url, { username: "ben", password: "b" });
    await expect(anna.publish("ben/x", "anna was here")).rejects.toThrow("Not authorized");
    await ben.publish("ben/x", "ben was here");
    await anna.until("ben/x", "ben was here");
    expect(anna.history("ben/x")).toEqual(["ben was here"]);
  });

  it("answers nothing while frozen, and everything once thawed", async () => {
    await using broker = await startMosquitto();
    await using person = await connectPerson(broker.url);
    broker.freeze();
    const published = person.publish("a", "1").then(() => "answered");
    await expect(person.until("a", "1", 300)).rejects.toThrow('a: wanted "1", last saw nothing');
    broker.thaw();
    expect(await published).toBe("answered");
    await person.until("a", "1");
  });

  it("forgets what it kept when it is killed without persistence", async () => {
    await using broker = await startMosquitto();
    await using person = await connectPerson(broker.url);
    await person.publish("kept", "1", { retain: true });
    await broker.kill();
    await broker.start();
    expect(await person.retained("#")).toEqual(new Map());
  });

  it("remembers what it kept when it is stopped with persistence", async () => {
    await using broker = await startMosquitto({ persistence: true });
    await using person = await connectPerson(broker.url);
    await person.publish("kept", "1", { retain: true });
    await broker.stop();
    await broker.start();
    expect(await person.retained("#")).toEqual(new Map([["kept", "1"]]));
  });

  it("says why it does not start", async () => {
    await expect(startMosquitto({ extra: "no_such_option 1" })).rejects.toThrow("no_such_option");
  });

  it("is stopped and disposed of while frozen", async () => {
    await using broker = await startMosquitto();
    broker.freeze();
    await broker.stop();
    expect(broker.log()).toContain("terminating");
    await broker.start();
    broker.freeze();
  });
});

suite("a Mosquitto with TLS", ["mosquitto", "openssl"], () => {
  it("is trusted by who knows its authority, and by nobody else", async () => {
    await using broker = await startMosquitto({ tls: true });
    const ca = readFileSync(broker.caFile);
    await using person = await connectPerson(broker.url, { ca });
    await person.publish("a", "1");
    await using byName = await connectPerson(broker.url.replace("127.0.0.1", "localhost"), { ca });
    await byName.publish("a", "2");
    await person.until("a", "2");
    await expect(connectPerson(broker.url)).rejects.toThrow("certificate");
  });

  it("wants a client certificate when told so", async () => {
    await using broker = await startMosquitto({ tls: true, requireClientCertificate: true });
    const ca = readFileSync(broker.caFile);
    const [cert, key] = [readFileSync(broker.clientCert), readFileSync(broker.clientKey)];
    await using person = await connectPerson(broker.url, { ca, cert, key });
    await person.publish("a", "1");
    await expect(connectPerson(broker.url, { ca })).rejects.toThrow();
  });
});
