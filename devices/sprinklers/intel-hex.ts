/** What the flash memory of an ATmega328P holds: 32 KB in words of 16 bits (datasheet, "In-System Reprogrammable Flash"). */
const flashBytes = 0x8000;
const dataRecord = 0;
const endRecord = 1;

/**
 * The flash memory, in words, with the program of an Intel hex file as `avr-objcopy -O ihex` writes it; what the program
 * leaves is 0xffff, as in erased flash. Throws an Error that names the line when the file is damaged or does not fit.
 */
export function flashFromHex(hex: string): Uint16Array {
  const flash = Buffer.alloc(flashBytes, 0xff);
  const lines = hex.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const wrong = (problem: string) => new Error(`line ${i + 1} of the hex file ${problem}`);
    if (line === "" && i === lines.length - 1) break;
    if (!/^:([0-9a-f]{2}){5,}$/i.test(line)) throw wrong("is no record");
    const record = Buffer.from(line.slice(1), "hex");
    const data = record.subarray(4, -1);
    if (data.length !== record[0]) throw wrong("is too short or too long");
    if (record.reduce((sum, byte) => sum + byte) % 256 !== 0) throw wrong("does not match its checksum");
    if (record[3] === endRecord)
      return Uint16Array.from({ length: flashBytes / 2 }, (_, i) => flash.readUInt16LE(i * 2));
    // Other records are for programs of 64 KB and more.
    if (record[3] !== dataRecord) throw wrong(`has the type ${record[3]}`);
    const at = record.readUInt16BE(1);
    if (at + data.length > flashBytes) throw wrong("does not fit into 32 KB");
    data.copy(flash, at);
  }
  throw new Error("the hex file has no end");
}
