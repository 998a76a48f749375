import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { brokerOptions } from "../../src/broker.ts";
import { explain, speaksNoMqtt5 } from "../../src/broker-errors.ts";
import { ConfigurationError } from "../../src/config.ts";
import { coreKeys } from "../../src/core-keys.ts";

const identity = { daemon: "toy", instance: "main", version: "1.0.0" };
const options = (mqtt: Record<string, unknown>) => brokerOptions(z.strictObject(coreKeys).parse({ mqtt }), identity);
const problem = async (mqtt: Record<string, unknown>) => {
  const error = await options(mqtt).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigurationError);
  return error instanceof ConfigurationError ? error.message : "";
};

describe("where the broker is", () => {
  let folder = "";
  const file = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "broker-options-"));
    await writeFile(file("password"), "from file\n");
    await writeFile(file("nonsense"), "not a certificate");
    await writeFile(file("broken"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ["mqtt://broker", "broker", 1883],
    ["mqtt://broker:1884/", "broker", 1884],
    ["mqtts://broker", "broker", 8883],
    ["mqtt://[::1]:1883", "::1", 1883],
  ])("%s means %s, port %i", async (url, host, port) => {
    expect(await options({ url })).toMatchObject({ host, port });
  });

  it("takes user and password from the URL, from keys, from a file, the file's last line end left out", async () => {
    const inUrl = { url: "mqtt://anna:s%3Acret@broker" };
    expect(await options(inUrl)).toMatchObject({ username: "anna", password: "s:cret" });
    expect(await options({ ...inUrl, username: "ben", password: "b" })).toMatchObject({
      username: "ben",
      password: "b",
    });
    expect(await options({ ...inUrl, password_file: file("password") })).toMatchObject({ password: "from file" });
    expect(await options({ url: "mqtt://broker" })).toMatchObject({ username: undefined, password: undefined });
  });

  it("is refused with the key that is wrong", async () => {
    const url = "mqtts://broker";
    expect(await problem({ url: "mqtt://anna:100%@broker" })).toContain("must be written as %25");
    expect(await problem({ url, username: "anna", password: "a", password_file: file("password") })).toContain(
      "not both",
    );
    expect(await problem({ url, username: "anna", password_file: file("missing") })).toContain("mqtt.password_file: ");
    expect(await problem({ url, ca_file: file("missing") })).toMatch(/^mqtt\.ca_file: .*there is no such file/);
    expect(await problem({ url, ca_file: file("nonsense") })).toMatch(/^mqtt\.ca_file: .*nonsense: no usable PEM/);
    expect(await problem({ url, ca_file: file("broken") })).toMatch(/^mqtt\.ca_file: /);
    expect(await problem({ url, key_file: file("broken") })).toContain("come together");
    expect(await problem({ url, cert_file: file("broken"), key_file: file("broken") })).toMatch(/^mqtt\.cert_file: /);
  });
});

describe("why a broker can't be reached", () => {
  const why = (code: unknown, host = "broker:1883") => explain({ code, message: "the library's words" }, host);

  it("is a sentence with the way out", () => {
    expect(why("ECONNREFUSED")).toContain("nothing listens at broker:1883");
    expect(why("ENOTFOUND")).toContain("the name broker:1883 does not resolve");
    expect(why(5)).toContain("check mqtt.username, mqtt.password_file and the broker's users");
    expect(why(135)).toBe(why(5));
    expect(why("SELF_SIGNED_CERT_IN_CHAIN")).toContain("mqtt.ca_file");
    expect(why("EHOSTUNREACH")).toContain("no route");
    expect(why("ETIMEDOUT")).toContain("does not answer");
    expect(why("ECONNRESET")).toContain("mqtts://");
    expect(explain({ message: "connack timeout" }, "b:1")).toContain("b:1 does not answer");
    expect(explain(undefined, "b:1")).toContain("b:1 closes the connection");
    expect(why(200)).toContain("code 200: the library's words");
    expect(why("EWHATEVER")).toContain("the library's words");
  });

  it("explains names that containers can't resolve", () => {
    expect(why("ENOTFOUND", "homeassistant.local:1883")).toContain("use the broker's address instead");
  });

  it("is the old protocol only for codes 1 and 132", () => {
    expect([1, 132, 2, 5, 133, "1", undefined].map((code) => speaksNoMqtt5({ code }))).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ]);
  });
});
