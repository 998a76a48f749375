import { createCipheriv, createDecipheriv } from "node:crypto";

const ALGORITHM = "aes-128-cbc";
const BLOCK = 16;
/** Every packet begins anew with it. */
const START = Buffer.from("562e17996d093d28ddb3ba695a2e6f58", "hex");

/** The key before a unit has handed out one; the same in all of them (broadlink.md 4.1). */
export const FIRST_KEY = Buffer.from("097628343fe99e23765c1513accf8b02", "hex");

/** Encrypts with a key of 16 bytes, after filling up with zeros to whole blocks of 16; nothing is added to whole ones. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil(plaintext.length / BLOCK) * BLOCK);
  padded.set(plaintext);
  return run(createCipheriv(ALGORITHM, key, START), padded);
}

/** Decrypts whole blocks, zeros at the end included. Throws where they aren't whole. */
export function decrypt(key: Uint8Array, ciphertext: Uint8Array): Buffer {
  return run(createDecipheriv(ALGORITHM, key, START), ciphertext);
}

function run(cipher: ReturnType<typeof createCipheriv>, bytes: Uint8Array): Buffer {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
