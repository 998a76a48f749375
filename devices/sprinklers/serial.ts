import { access, constants, realpath, stat } from "node:fs/promises";
import { SerialPort } from "serialport";
import { type Link, LinkError, type Port } from "./link.ts";

const BAUD = 9_600;
/** So long bytes may gather before they are read; a line takes 5 to 100 ms on the wire. */
const GATHER_MS = 10;

/** A serial port by its path; a link such as `/dev/serial/by-id/…` is resolved anew at each opening (S10). */
export function serialLink(path: string): Link {
  let opened: { real: string; device: number } | undefined;
  return {
    async open() {
      // Looked at before it is opened: failing afterwards would leave it open, and locked.
      const { real, device } = await look(path).catch(() => {
        throw new LinkError("missing", `there is no serial port ${path}: is the board plugged in?`);
      });
      await access(real, constants.R_OK | constants.W_OK).catch((error: Error) => {
        throw understand(path, error.message);
      });
      const port = await openPort(path, real);
      opened = { real, device };
      return port;
    },
    async present() {
      try {
        const { real, device } = await look(path);
        return real === opened?.real && device === opened.device;
      } catch {
        return false;
      }
    },
  };
}

async function look(path: string) {
  const real = await realpath(path);
  return { real, device: (await stat(real)).rdev };
}

async function openPort(path: string, real: string): Promise<Port> {
  // A new one per connection: an old one would send what was written while it was unplugged.
  const stream = new SerialPort({ path: real, baudRate: BAUD, autoOpen: false });
  // Each read is two jobs for a thread, and a board's bytes come one by one: a few at a time take half of the processor.
  const read = stream._read.bind(stream);
  stream._read = (size) => void setTimeout(read, GATHER_MS, size);
  await new Promise<void>((resolve, reject) =>
    stream.open((error) => (error ? reject(understand(path, error.message)) : resolve())),
  );
  return {
    stream,
    // `destroy()` would leave the file open, and locked.
    close: () => new Promise((resolve) => (stream.isOpen ? stream.close(() => resolve()) : resolve())),
  };
}

/** What the message of serialport, or of the system, about a port that could not be opened means. */
export function understand(path: string, message: string): LinkError {
  if (/lock port|busy/i.test(message)) {
    return new LinkError(
      "busy",
      `${path} is in use: stop whatever else has it open (another daemon, a serial monitor, ModemManager)`,
    );
  }
  // A container that is not privileged may see the device file and read its permissions, and is not permitted to open it.
  if (/permission denied|not permitted/i.test(message)) return new LinkError("forbidden", forbidden(path));
  if (/inappropriate ioctl|is a directory/i.test(message)) {
    return new LinkError("missing", `${path} is not a serial port: check the key port`);
  }
  return new LinkError("missing", `${path} can't be opened as a serial port: ${message}`);
}

function forbidden(path: string): string {
  return (
    `no permission to open ${path}. In the pod's manifest set securityContext.privileged: true on the container ` +
    "(device files need it) and supplementalGroups: [20] (dialout); without containers: sudo usermod -aG dialout $USER, then log in again"
  );
}
