import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Certificates } from "./certificates.ts";

const run = promisify(execFile);

/** How a Mosquitto for tests differs from one that lets everybody do everything and keeps nothing. */
export interface MosquittoOptions {
  /** Names and passwords; without any, everybody may connect. */
  users?: Record<string, string>;
  /** The text of an `acl_file`. */
  acl?: string;
  /** One TLS listener instead of a plain one, its certificate for localhost and 127.0.0.1. */
  tls?: boolean;
  /** With `tls`: refuses clients without a certificate of the same authority. */
  requireClientCertificate?: boolean;
  /** Writes sessions and retained messages to its folder at `stop()` (not at `kill()`), and reads them at `start()`. */
  persistence?: boolean;
  /** Default: a free one. */
  port?: number;
  /** Without a line in its log for each message. */
  quiet?: boolean;
  /** More lines of configuration. */
  extra?: string;
}

/** Writes all files of one Mosquitto into its folder; returns the path of its configuration. */
export async function writeConfiguration(folder: string, port: number, options: MosquittoOptions, pem?: Certificates) {
  const lines = [
    `listener ${port} 127.0.0.1`,
    // Started as root it would become a user who may not read this folder; started by anyone else this says nothing.
    "user root",
    "log_dest stderr",
    ...(options.quiet ? ["error", "warning", "notice", "information"] : ["all"]).map((type) => `log_type ${type}`),
    `allow_anonymous ${options.users === undefined}`,
    `persistence ${options.persistence ?? false}`,
    `persistence_location ${folder}/`,
  ];
  if (options.users) {
    const file = join(folder, "passwords");
    const plain = Object.entries(options.users).map(([name, password]) => `${name}:${password}\n`);
    await writeFile(file, plain.join(""), { mode: 0o600 });
    await run("mosquitto_passwd", ["-U", file]);
    lines.push(`password_file ${file}`);
  }
  if (options.acl !== undefined) {
    const file = join(folder, "acl");
    await writeFile(file, options.acl, { mode: 0o600 });
    lines.push(`acl_file ${file}`);
  }
  if (pem) {
    lines.push(`cafile ${pem.caFile}`, `certfile ${pem.serverCert}`, `keyfile ${pem.serverKey}`);
    lines.push(`require_certificate ${options.requireClientCertificate ?? false}`);
  }
  const file = join(folder, "mosquitto.conf");
  await writeFile(file, `${[...lines, options.extra ?? ""].join("\n")}\n`);
  return file;
}
