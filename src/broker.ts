import { connect, isIP } from "node:net";
import type { BrokerOptions } from "./attempt.ts";
import { ConfigurationError, readNamedFile } from "./config.ts";
import type { CoreConfig } from "./core-keys.ts";
import { daemonTopic, type Identity } from "./homeassistant.ts";

/** Where the broker is and how to get in, from the keys under `mqtt`. Throws ConfigurationError for a file it can't read. */
export async function brokerOptions({ mqtt }: CoreConfig, identity: Identity): Promise<BrokerOptions> {
  const url = new URL(mqtt.url);
  const secure = url.protocol === "mqtts:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (mqtt.password !== undefined && mqtt.password_file !== undefined) {
    throw new ConfigurationError(["mqtt: either password or password_file, not both"], 78);
  }
  const filed = mqtt.password_file && readNamedFile("mqtt.password_file", mqtt.password_file).replace(/\r?\n$/, "");
  const port = Number(url.port) || (secure ? 8883 : 1883);
  return {
    host,
    port,
    clientId: `mqtt-things-${identity.daemon}-${identity.instance}`,
    willTopic: daemonTopic(identity),
    username: mqtt.username ?? (decoded(url.username) || undefined),
    password: filed ?? mqtt.password ?? (decoded(url.password) || undefined),
    openSocket: secure ? await overTls(mqtt, host, port) : () => connect({ host, port, noDelay: true }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigurationError(["mqtt.url: a % in its user name or password must be written as %25"], 78);
  }
}

async function overTls(mqtt: CoreConfig["mqtt"], host: string, port: number): Promise<BrokerOptions["openSocket"]> {
  // Loaded by those alone who need it: it takes 6 MB.
  const tls = await import("node:tls");
  const { X509Certificate } = await import("node:crypto");
  const readable = <T>(keys: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw new ConfigurationError([`${keys}: no usable PEM: ${error instanceof Error ? error.message : error}`], 78);
    }
  };
  const file = (key: "ca_file" | "cert_file" | "key_file") => mqtt[key] && readNamedFile(`mqtt.${key}`, mqtt[key]);
  const certificate = (key: "ca_file" | "cert_file") => {
    const text = file(key);
    // TLS itself leaves out what it can't read, and then trusts nobody.
    if (text !== undefined) readable(`mqtt.${key}: ${mqtt[key]}`, () => new X509Certificate(text));
    return text;
  };
  const cert = certificate("cert_file");
  const key = file("key_file");
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigurationError(["mqtt: cert_file and key_file come together"], 78);
  }
  // The system's CAs besides Node's own: a house that has a CA has it there.
  const ca = certificate("ca_file") ?? [...tls.getCACertificates("bundled"), ...tls.getCACertificates("system")];
  const own = cert !== undefined && key !== undefined ? { cert, key } : {};
  // Made once: to read a list of CAs takes a while, and a broker may have to be asked often.
  const secureContext = readable("mqtt.cert_file and mqtt.key_file", () => tls.createSecureContext({ ca, ...own }));
  const name = isIP(host) ? {} : { servername: host };
  return () => tls.connect({ host, port, secureContext, rejectUnauthorized: !mqtt.insecure, ...name }).setNoDelay(true);
}
