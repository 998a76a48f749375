import { afterEach, expect, it, vi } from "vitest";
import { missing } from "./need.ts";

afterEach(() => vi.unstubAllEnvs());

it("what is not on the path is named", () => {
  vi.stubEnv("PATH", "/nowhere");
  expect(missing("python3")).toBe("python3 is not installed");
  expect(missing("python3", "setpriv")).toBe("python3 and setpriv are not installed");
  expect(missing()).toBeUndefined();
});
