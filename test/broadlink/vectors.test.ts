import { expect, test } from "vitest";
import * as z from "zod";
import { authenticationPayload, readKeys, strangersKeys } from "../../src/broadlink/authentication.ts";
import { checksum } from "../../src/broadlink/checksum.ts";
import {
  type Command,
  enterLearning,
  readFirmware,
  readLearned,
  readSensors,
  sendInfrared,
} from "../../src/broadlink/commands.ts";
import { encodeHello, parseHello } from "../../src/broadlink/discovery.ts";
import { isKnown, modelOf } from "../../src/broadlink/models.ts";
import { AUTHENTICATE, COMMAND, encodeRequest, openReply, readReply } from "../../src/broadlink/packet.ts";
import { captured, partners, type Vector } from "./captures.ts";

/** The command behind a vector; undefined for renaming and locking, which we leave to the maker's app. */
function commandOf({ op, expected }: Vector): Command<unknown> | undefined {
  if (op === "sendData") return sendInfrared(expected.irHex ?? Buffer.from("26000c0000010f871111113311000c21", "hex"));
  if (op === "enterLearning") return enterLearning;
  if (op === "checkData") return readLearned;
  if (op.startsWith("check")) return readSensors;
  if (op === "fwVersion") return readFirmware;
  return undefined;
}

const measured = z.object({ temperature: z.number(), humidity: z.number().optional() });

/** What the other implementation made of the answer, in our words. */
function meaning({ op, expected: { value, irHex } }: Vector): unknown {
  if (op === "checkData") return irHex ?? Buffer.from("26000c0000010f871111113311000c21", "hex");
  if (op === "checkTemperature") return expect.objectContaining({ temperatureCelsius: value });
  if (op === "checkHumidity") return expect.objectContaining({ humidityPercent: value });
  if (op === "checkSensors") {
    const { temperature, humidity } = measured.parse(value);
    if (temperature === 0 && humidity === 0) return undefined;
    return { temperatureCelsius: temperature, humidityPercent: humidity };
  }
  return value ?? undefined;
}

captured("the recorded bytes: what we send and read", ({ vectors, checksums, deviceTypes }) => {
  test("all of them are there", () => {
    expect(vectors).toHaveLength(66);
  });

  test.each(checksums)("checksum of $label", ({ hex, checksum: expected }) => {
    expect(checksum(hex)).toBe(Number(expected));
  });

  test.each(
    Object.values(deviceTypes).flatMap(({ types, ...family }) =>
      Object.entries(types).map(([type, name]) => ({ type, name, ...family })),
    ),
  )("$type is a $name", ({ type, name, framing, sensors, rf }) => {
    expect(isKnown(Number(type))).toBe(true);
    expect(modelOf(Number(type))).toEqual({
      name,
      framing: framing === "cmd32" ? "cmd32" : "len16",
      sensors: sensors === "none" ? "none" : sensors.startsWith("cmd 0x24") ? "cable" : "inside",
      radio: rf,
    });
  });

  test.each(vectors.filter(({ op }) => op === "discover"))("$name", ({ packetHex, expected }) => {
    const text = String(expected.datetimeLocal);
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
    const eastMinutes = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    const from = { address: String(expected.localAddress), port: Number(expected.localPort) };
    expect(encodeHello({ epochMs: Date.parse(text), eastMinutes, ...from })).toEqual(packetHex);
  });

  test.each(vectors.filter(({ op }) => op === "discoverResponse"))("$name", ({ responseHex, expected }) => {
    const { devtype: type, mac, name, isLocked: locked } = expected;
    expect(parseHello(responseHex ?? Buffer.alloc(0))).toMatchObject({ type, mac, name, locked });
  });

  const commands = vectors.filter(({ op }) => !op.startsWith("discover"));

  test.each(commands)("$name: is asked", (vector) => {
    const { type, ...rest } = partners(vector);
    const authenticates = vector.op === "auth";
    if (authenticates) expect(rest.keys).toEqual(strangersKeys);
    const payload = authenticates ? authenticationPayload() : commandOf(vector)?.payload(modelOf(type));
    const command = authenticates ? AUTHENTICATE : COMMAND;
    const request = { type, ...rest, command, payload: payload ?? vector.plaintextHex ?? Buffer.alloc(0) } as const;
    expect(encodeRequest(request)).toEqual(vector.packetHex);
  });

  test.each(commands.filter(({ responseHex }) => responseHex !== null))("$name: is answered", (vector) => {
    const { type, keys, counter } = partners(vector);
    const { op, responseHex, expected } = vector;
    const datagram = responseHex ?? Buffer.alloc(0);
    if (expected.errno === -4007 || expected.errno === -4008) {
      expect(() => readReply(datagram)).toThrow(expect.objectContaining({ code: expected.errno, trouble: "damaged" }));
      return;
    }
    const reply = readReply(datagram);
    expect(reply).toMatchObject({ code: expected.errno ?? 0, counter });
    if (reply.code !== 0) return;
    const body = () => openReply(reply, keys);
    expect(body()).toEqual(expected.responsePlaintextHex);
    if (op === "auth") {
      const { id, key } = readKeys(body());
      expect({ id, key: Buffer.from(key).toString("hex") }).toEqual({ id: expected.id, key: expected.key });
    } else if (!op.startsWith("set")) {
      expect(commandOf(vector)?.read(modelOf(type), body)).toEqual(meaning(vector));
    }
  });
});
