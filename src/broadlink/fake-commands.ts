/** How a unit reads the payloads of its commands, and what its cable measures. */
export interface Hardware {
  framing: "cmd32" | "len16";
  /** By its cable, inside it, or nowhere. */
  sensors: "cable" | "inside" | "none";
  /** It sends to 433 and 315 MHz as well, and then can be told to stop listening. */
  radio?: boolean;
}

/** What the sensors measure; bytes stand for themselves. Undefined: there is no cable. */
export type Measured = { temperatureCelsius: number; humidityPercent: number } | Buffer | undefined;

/** What a unit is asked. */
export type Order =
  | { kind: "command"; number: number; data: Buffer }
  | { kind: "firmware" }
  | { kind: "settings"; name: string; locked: boolean }
  | { kind: "malformed" };

/** Reads a decrypted payload, its padding included. */
export function readOrder({ framing }: Hardware, plain: Buffer): Order {
  if (plain.length === 16 && plain[0] === 0x68 && plain.subarray(1).every((byte) => byte === 0)) {
    return { kind: "firmware" };
  }
  if (plain.length === 0x50 && plain.readUInt32LE(0) === 0) {
    const [name = ""] = plain.toString("utf8", 4, 0x43).split("\0");
    return { kind: "settings", name, locked: plain[0x43] === 1 };
  }
  if (framing === "cmd32") return { kind: "command", number: plain.readUInt32LE(0), data: plain.subarray(4) };
  const length = plain.readUInt16LE(0);
  if (length < 4 || length + 2 > plain.length) return { kind: "malformed" };
  return { kind: "command", number: plain.readUInt32LE(2), data: plain.subarray(6, length + 2) };
}

/** The payload of an answer to a command. */
export function wordAnswer({ framing }: Hardware, number: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = framing === "cmd32" ? [] : [(data.length + 4) & 0xff, (data.length + 4) >> 8];
  bytes.push(number & 0xff, 0, 0, 0, ...data);
  while (bytes.length % 16 > 0) bytes.push(0);
  return Buffer.from(bytes);
}

/** The packet that would be sent, without what follows it; undefined when it is none. */
export function infraredIn(data: Buffer): Buffer | undefined {
  if (data.length < 4 || ![0x26, 0xb2, 0xd7].includes(data[0] ?? 0)) return undefined;
  const length = 4 + data.readUInt16LE(2);
  return length > data.length ? undefined : Buffer.from(data.subarray(0, length));
}

/** The bytes of a measurement, in hundredths (cable) or tenths (inside); below zero both bytes have the sign. */
export function measurement({ sensors }: Hardware, measured: Measured): Buffer {
  if (Buffer.isBuffer(measured)) return measured;
  const { temperatureCelsius, humidityPercent } = measured ?? { temperatureCelsius: 0, humidityPercent: 0 };
  const parts = sensors === "cable" ? 100 : 10;
  const split = (value: number) => [Math.trunc(value), Math.round((value - Math.trunc(value)) * parts)];
  const temperature = split(temperatureCelsius);
  const bytes = sensors === "cable" ? [...temperature, ...split(humidityPercent), 5, 0] : temperature;
  return Buffer.from(bytes.map((value) => value & 0xff));
}
