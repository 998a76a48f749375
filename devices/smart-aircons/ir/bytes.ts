import { InfraredError } from "./error.ts";

/** More than the longest packet of infrared takes in any writing; what is longer is something else. */
export const LONGEST_TEXT = 60_000;

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Hexadecimal digits, with or without blanks. Throws InfraredError. */
export function parseHex(text: string): Uint8Array {
  const digits = withoutBlanks(text);
  if (digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) {
    throw new InfraredError(`these are no hexadecimal bytes: ${beginning(digits)}`);
  }
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** Base64, with or without blanks and the `=` at its end. Throws InfraredError. */
export function parseBase64(text: string): Uint8Array {
  const digits = withoutBlanks(text);
  if (digits === "") throw new InfraredError("there is no code, only an empty text");
  const [, body = "", padding = ""] = /^([A-Za-z0-9+/]+)(={0,2})$/.exec(digits) ?? [];
  const left = body.length % 4;
  const padded = padding === "" || left + padding.length === 4;
  if (body === "" || left === 1 || !padded) throw new InfraredError(`this is no Base64: ${beginning(digits)}`);
  return Uint8Array.from(Buffer.from(body, "base64"));
}

export const formatBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function withoutBlanks(text: string): string {
  if (text.length > LONGEST_TEXT) {
    throw new InfraredError(`the text is too long for infrared: ${text.length} characters`);
  }
  return text.replace(/\s+/g, "");
}

/** So much of a text that a person recognises it. */
export const beginning = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
