import { BroadlinkError } from "./errors.ts";
import { frame, unframe } from "./framing.ts";
import type { Model } from "./models.ts";

/** Something to ask of a unit whose model is known. */
export interface Command<T> {
  /** For the log. */
  name: string;
  /** What is sent. Throws BroadlinkError when this model can't do it. */
  payload(model: Model): Buffer;
  /** What the answer means. Calls `body` only where there must be one: it throws, as this does, when that is damaged. */
  read(model: Model, body: () => Buffer): T;
}

/** What a unit measured. */
export interface Reading {
  temperatureCelsius: number;
  /** Undefined when it has no such sensor (RM pro). */
  humidityPercent: number | undefined;
}

const STATE = 0x01;
const SEND = 0x02;
const LEARN = 0x03;
const READ_LEARNED = 0x04;
const CANCEL = 0x1e;
const SENSORS = 0x24;
const FIRMWARE = 0x68;

/** Sends a packet of infrared (or radio, where the model has it) once, as broadlink.md 5 lays it out. */
export const sendInfrared = (packet: Uint8Array): Command<void> => ({
  name: "send infrared",
  payload: ({ framing }) => frame(framing, SEND, packet),
  read: () => {},
});

/** Begins to listen to a remote control; ends by itself after about 30 s. */
export const enterLearning: Command<void> = {
  name: "enter learning",
  payload: ({ framing }) => frame(framing, LEARN),
  read: () => {},
};

/** Ends learning. Only models with radio know it (broadlink.md 4.3): the others listen until they have heard something. */
export const leaveLearning: Command<void> = {
  name: "leave learning",
  payload({ framing, radio, name }) {
    if (!radio) throw new BroadlinkError(-4, { message: `a ${name} can't be told to leave learning` });
    return frame(framing, CANCEL);
  },
  read: () => {},
};

/** The packet that was heard while learning. The unit answers with an error, "empty", while there is none. */
export const readLearned: Command<Buffer> = {
  name: "read what was learned",
  payload: ({ framing }) => frame(framing, READ_LEARNED),
  read({ framing }, body) {
    const data = unframe(framing, body());
    // The older framing does not say where the code ends and its padding begins; the code does.
    return data.length < 4 ? data : data.subarray(0, 4 + data.readUInt16LE(2));
  },
};

/** Temperature and humidity (broadlink.md 6); undefined when there is no cable with a sensor on it. */
export const readSensors: Command<Reading | undefined> = {
  name: "read the sensors",
  payload({ framing, sensors, name }) {
    if (sensors === "none") throw new BroadlinkError(-4, { message: `a ${name} has no sensors` });
    return frame(framing, sensors === "cable" ? SENSORS : STATE);
  },
  read({ framing, sensors }, body) {
    const data = unframe(framing, body());
    if (data.length < (sensors === "cable" ? 4 : 2)) throw new BroadlinkError(-4007);
    const [whole, part] = [data.readInt8(0), data.readInt8(1)];
    if (sensors !== "cable") return { temperatureCelsius: (whole * 10 + part) / 10, humidityPercent: undefined };
    const reading = {
      // Both bytes have their sign: -3.50 °C is -3 and -50.
      temperatureCelsius: (whole * 100 + part) / 100,
      humidityPercent: (data.readUInt8(2) * 100 + data.readUInt8(3)) / 100,
    };
    return reading.temperatureCelsius === 0 && reading.humidityPercent === 0 ? undefined : reading;
  },
};

/** The version of its firmware, such as 44075. */
export const readFirmware: Command<number> = {
  name: "read the firmware",
  // In neither framing.
  payload: () => Buffer.from([FIRMWARE]),
  read: (_, body) => body().readUInt16LE(4),
};
