import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { withLan } from "./namespace.ts";

async function says([program = "", ...words]: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, words)).stdout;
}

withLan("networks of their own", (openLan) => {
  it("know nothing of this machine's, and reach each other", async () => {
    await using lan = await openLan([{ here: "10.7.1.1/24", there: ["10.7.1.20/24", "10.7.1.21/24"] }]);
    const addresses = async (machine: readonly string[]) => {
      const lines = (await says([...machine, "ip", "-4", "-oneline", "address"])).trim().split("\n");
      return lines.map((line) => line.split(/\s+/).slice(1, 4).join(" "));
    };
    expect(await addresses(lan.here)).toEqual(["lo inet 127.0.0.1/8", "here0 inet 10.7.1.1/24"]);
    expect(await addresses(lan.there)).toEqual([
      "lo inet 127.0.0.1/8",
      "there0 inet 10.7.1.20/24",
      "there0 inet 10.7.1.21/24",
    ]);
    expect(await says([...lan.here, "ip", "route"])).toMatch(/^10\.7\.1\.0\/24 dev here0 [^\n]*\n$/);
  });

  it("are refused where an address is none", async () => {
    await expect(openLan([{ here: "nowhere", there: [] }])).rejects.toThrow(/nowhere/);
  });
});
