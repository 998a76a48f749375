import { isIP } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { ConfigurationError, readNamedFile } from "./config.ts";
import type { BrokerOptions } from "./connection.ts";
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
  return {
    host,
    port: Number(url.port) || (secure ? 8883 : 1883),
    clientId: `mqtt-things-${identity.daemon}-${identity.instance}`,
    willTopic: daemonTopic(identity),
    username: mqtt.username ?? (decodeURIComponent(url.username) || undefined),
    password: filed ?? mqtt.password ?? (decodeURIComponent(url.password) || undefined),
    tls: secure ? await tlsOptions(mqtt, host) : undefined,
  };
}

async function tlsOptions(mqtt: CoreConfig["mqtt"], host: string): Promise<TlsOptions> {
  const { getCACertificates } = await import("node:tls");
  const file = (key: "ca_file" | "cert_file" | "key_file") => mqtt[key] && readNamedFile(`mqtt.${key}`, mqtt[key]);
  const cert = file("cert_file");
  const key = file("key_file");
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigurationError(["mqtt: cert_file and key_file come together"], 78);
  }
  return {
    // The system's CAs besides Node's own: a house that has a CA has it there.
    ca: file("ca_file") ?? [...getCACertificates("bundled"), ...getCACertificates("system")],
    rejectUnauthorized: !mqtt.insecure,
    ...(cert && key ? { cert, key } : {}),
    ...(isIP(host) ? {} : { servername: host }),
  };
}
