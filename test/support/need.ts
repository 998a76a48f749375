import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";

/** A program some tests need, and a machine may lack. */
export type Tool =
  | "mosquitto"
  | "python3"
  | "openssl"
  | "setpriv"
  | "avr-gcc"
  | "make"
  | "shellcheck"
  | "buildah"
  | "podman"
  | "runc"
  | "debootstrap";

function onPath(tool: Tool): boolean {
  // Debian installs the broker where a user's PATH does not look.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Says which of these programs are not on this machine ("mosquitto is not installed"), or undefined when all are. */
export function missing(...tools: Tool[]): string | undefined {
  const absent = tools.filter((tool) => !onPath(tool));
  if (absent.length === 0) return undefined;
  return `${absent.join(" and ")} ${absent.length === 1 ? "is" : "are"} not installed`;
}

/**
 * A `describe` that needs programs. Where one is missing it is skipped, with the reason in its name; with `CI=true`
 * it fails instead, so that a build machine cannot pass by lacking something.
 */
export function suite(name: string, tools: Tool[], body: () => void): void {
  const reason = missing(...tools);
  if (reason === undefined) {
    describe(name, body);
  } else if (process.env.CI === "true") {
    describe(name, () => {
      it("has the programs it needs", () => {
        throw new Error(reason);
      });
    });
  } else {
    describe.skip(`${name} (${reason})`, body);
  }
}
