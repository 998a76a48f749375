import { InfraredError } from "./error.ts";
import type { Field, Fields, Values } from "./fields.ts";

/** Bits that no field explains, where they differ from the template. They are kept, so that nothing is lost. */
export interface Strange {
  byte: number;
  bits: number;
}

/** One kind of frame: how its bytes become values, and the other way round. Its last byte, the checksum, is left alone. */
export interface Shape<F extends Fields> {
  /** `doubts` tell, a sentence each, of strange bits and of numbers without a name. */
  read(frame: Uint8Array): { values: Values<F>; strange: Strange[]; doubts: string[] };
  /** Throws InfraredError when a value does not fit its field. */
  write(values: Values<F>, strange: readonly Strange[]): Uint8Array;
}

/** The frame that equals `template` where no field is; where one is, the template is 0. */
export function shape<F extends Fields>(template: readonly number[], fields: F): Shape<F> {
  const entries: [keyof F & string, Field<unknown>][] = Object.entries(fields);
  const explained = template.map((_, byte) => entries.reduce((mask, [, field]) => mask | bitsIn(field, byte), 0));
  const last = template.length - 1;

  function strangeIn(frame: Uint8Array): Strange[] {
    const strange: Strange[] = [];
    for (let byte = 0; byte < last; byte++) {
      const bits = ((frame[byte] ?? 0) ^ (template[byte] ?? 0)) & ~(explained[byte] ?? 0);
      if (bits !== 0) strange.push({ byte, bits });
    }
    return strange;
  }

  return {
    read: (frame) => {
      const values: Record<string, unknown> = {};
      const doubts: string[] = [];
      for (const [name, field] of entries) {
        const value = field.decode(readBits(frame, field));
        values[name] = value;
        if (field.isWord && typeof value === "number") doubts.push(`${name} ${value} has no name`);
      }
      const strange = strangeIn(frame);
      for (const { byte, bits } of strange) doubts.push(`byte ${byte} has bits nobody explained: ${binary(bits)}`);
      return { values: values as Values<F>, strange, doubts };
    },
    write: (values, strange) => {
      const frame = Uint8Array.from(template);
      for (const [name, field] of entries) {
        const value: unknown = values[name];
        const bits = field.encode(value);
        if (!(Number.isInteger(bits) && bits >= 0 && bits < 2 ** field.width)) {
          throw new InfraredError(`${name} can't be ${value}: it is ${field.says}`);
        }
        writeBits(frame, field, bits);
      }
      for (const { byte, bits } of strange) frame[byte] = (frame[byte] ?? 0) ^ bits;
      return frame;
    },
  };
}

const binary = (bits: number): string => bits.toString(2).padStart(8, "0");

/** Which bits of one byte a field takes. */
function bitsIn({ byte, bit, width }: Field<unknown>, of: number): number {
  if (of < byte || of > byte + 2) return 0;
  return (((2 ** width - 1) << bit) >> (8 * (of - byte))) & 0xff;
}

function readBits(frame: Uint8Array, { byte, bit, width }: Field<unknown>): number {
  const low = (frame[byte] ?? 0) | ((frame[byte + 1] ?? 0) << 8) | ((frame[byte + 2] ?? 0) << 16);
  return (low >> bit) & (2 ** width - 1);
}

function writeBits(frame: Uint8Array, { byte, bit }: Field<unknown>, bits: number): void {
  for (let rest = bits << bit, at = byte; rest > 0; rest >>= 8, at++) frame[at] = (frame[at] ?? 0) | (rest & 0xff);
}
