import { expect, test } from "vitest";
import { understand } from "../../devices/sprinklers/serial.ts";

const path = "/dev/serial/by-id/usb-Arduino";

test.each([
  ["Error: Permission denied, cannot open /dev/ttyACM0", "a user who is not in the group"],
  ["Error: Operation not permitted, cannot open /dev/ttyACM0", "a container that is not privileged"],
  ["EACCES: permission denied, access '/dev/ttyACM0'", "the file's permissions"],
])("%s is a matter for a person, who is told what to change (%s)", (message) => {
  const { trouble, message: said } = understand(path, message);
  expect(trouble).toBe("forbidden");
  for (const word of [path, "privileged: true", "supplementalGroups: [20]", "usermod -aG dialout"])
    expect(said).toContain(word);
});

test.each([
  "Error Resource temporarily unavailable Cannot lock port",
  "Error: Device or resource busy, cannot open /dev/ttyACM0",
])("%s: somebody else has the port", (message) => {
  expect(understand(path, message)).toMatchObject({ trouble: "busy", message: expect.stringContaining("in use") });
});

test.each([
  "Error: No such file or directory, cannot open /dev/ttyACM0",
  "Error: No such device or address, cannot open /dev/ttyACM0",
  "ENOENT: no such file or directory, access '/dev/ttyACM0'",
])("%s: there is no board, for now", (message) => {
  expect(understand(path, message)).toMatchObject({ trouble: "missing", message: expect.stringContaining(path) });
});

test.each([
  "Error: Inappropriate ioctl for device setting custom baud rate of 9600",
  "Error: Is a directory, cannot open /dev",
])("%s: what is there is something else", (message) => {
  const said = `${path} is not a serial port: check the key port`;
  expect(understand(path, message)).toMatchObject({ trouble: "missing", message: said });
});
