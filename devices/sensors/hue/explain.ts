import { unreachable } from "../../../src/network-errors.ts";
import { HueError } from "./errors.ts";

interface Where {
  host: string;
  port: number;
}

/** What Node says of a connection that came about, for a person. */
const sentences: Record<string, string> = {
  ECONNRESET: "it hung up",
  EPIPE: "it hung up",
  ERR_STREAM_PREMATURE_CLOSE: "it hung up in the middle of an answer",
};

/** What comes back when somebody who speaks no TLS is greeted in it. */
const notTls = ["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_SSL_HTTP_REQUEST", "EPROTO"];

/** What went wrong on the way to a bridge. Of the original error only its code is kept: its text may hold a key. */
export function explain(error: unknown, { host, port }: Where): HueError {
  if (error instanceof HueError) return error;
  if (Object(error).name === "AbortError") return new HueError("closed", "we are closing");
  const code = String(Object(error).code ?? "");
  const where = `${host}:${port}`;
  if (code === "ERR_INVALID_CHAR") {
    return new HueError("unpaired", "the application key holds a character that no key has");
  }
  if (code === "ECONNREFUSED") return new HueError("refused", `nothing listens at ${where}: is that the Hue bridge?`);
  if (notTls.includes(code)) return new HueError("plain", `what listens at ${where} speaks no TLS`);
  if (code.startsWith("ERR_SSL_")) {
    return new HueError("untrusted", `no TLS connection with ${where} comes about (${code})`);
  }
  if (code.startsWith("HPE_")) return new HueError("nonsense", `what listens at ${where} speaks no HTTP (${code})`);
  const why = unreachable(code, where, "the bridge") ?? sentences[code] ?? (code || "for an unknown reason");
  return new HueError("silent", `the bridge at ${where} can't be reached: ${why}`);
}

/** What a status means that is no success (hue.md 1, 5, and 4.2 for v1's 503). */
export function refusalOf(status: number): HueError | undefined {
  if (status === 200 || status === 207) return undefined;
  if (status === 401 || status === 403) {
    return new HueError("unpaired", "the bridge does not know our application key: pair with it anew");
  }
  if (status >= 300 && status < 400) {
    const why = "the bridge sends us elsewhere, and we don't go: it may speak HTTPS only";
    return new HueError("redirected", `${why} (HTTP ${status})`);
  }
  if (status === 404) return new HueError("absent", "the bridge does not have what we ask for (HTTP 404)");
  if (status === 429 || status === 503 || status === 507) {
    return new HueError("busy", `the bridge has too much to do (HTTP ${status})`);
  }
  return new HueError("nonsense", `the bridge answers with HTTP ${status}`);
}
