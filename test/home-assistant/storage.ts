import { createHmac, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a Home Assistant finds in its configuration folder when it starts for the first time. */
interface Beginning {
  httpPort: number;
  brokerPort: number;
}

const configuration = (httpPort: number) => `
homeassistant:
  name: House
  time_zone: Australia/Perth
  unit_system: metric
  latitude: -32
  longitude: 116
  elevation: 10
  country: AU
http:
  server_host: 127.0.0.1
  server_port: ${httpPort}
api:
websocket_api:
config:
recorder:
  commit_interval: 1
history:
`;

/** Formats that every release reads: it brings them up to date as it does those of a house that was updated. */
function stored({ brokerPort }: Beginning, jwtKey: string) {
  const long = { user_id: "person", client_name: "tests", token_type: "long_lived_access_token" };
  const now = new Date().toISOString();
  return {
    onboarding: { version: 4, data: { done: ["user", "core_config", "analytics", "integration"] } },
    auth: {
      version: 1,
      data: {
        groups: [{ id: "system-admin", name: "Administrators" }],
        users: [
          {
            ...{ id: "person", name: "Person", group_ids: ["system-admin"], is_owner: true, is_active: true },
            ...{ system_generated: false, local_only: false },
          },
        ],
        credentials: [],
        refresh_tokens: [
          {
            ...{ id: "token", ...long, client_id: null, client_icon: null, created_at: now, jwt_key: jwtKey },
            ...{ access_token_expiration: 86_400, token: randomBytes(32).toString("hex"), version: null },
          },
        ],
      },
    },
    "core.config_entries": {
      version: 1,
      minor_version: 1,
      data: {
        entries: [
          {
            ...{ entry_id: "mqtt", version: 1, minor_version: 2, domain: "mqtt", title: "Broker", source: "user" },
            data: { broker: "127.0.0.1", port: brokerPort },
          },
        ],
      },
    },
  };
}

function accessToken(jwtKey: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const seconds = Math.floor(Date.now() / 1_000);
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "token", iat: seconds, exp: seconds + 86_400 })}`;
  return `${text}.${createHmac("sha256", jwtKey).update(text).digest("base64url")}`;
}

/**
 * Writes the configuration folder of a Home Assistant that has been set up: an owner, and the MQTT integration with a
 * broker on loopback. Resolves with an access token of the owner, for a day.
 */
export async function writeStorage(folder: string, beginning: Beginning): Promise<string> {
  const jwtKey = randomBytes(64).toString("hex");
  await mkdir(join(folder, ".storage"));
  await writeFile(join(folder, "configuration.yaml"), configuration(beginning.httpPort));
  for (const [key, value] of Object.entries(stored(beginning, jwtKey))) {
    await writeFile(join(folder, ".storage", key), JSON.stringify({ key, ...value }), { mode: 0o600 });
  }
  return accessToken(jwtKey);
}
