import { resolve } from "node:path";
import { ConfigurationError, readNamedFile } from "../../src/config.ts";
import type { BridgeOptions } from "./hue/bridge.ts";
import { applicationKey, type HueConfig } from "./hue-keys.ts";

/** The bridge as the configuration says it, files read. */
export interface HueSettings extends BridgeOptions {
  /** In °C. */
  temperatureOffset: number;
}

/** What the files are that a configuration names. A problem is told with the key it is with. */
export interface Files {
  flagsOnly: boolean;
  /** Where relative paths begin. */
  folder: string;
  problem(key: keyof HueConfig, message: string): void;
}

/** Undefined when there was a problem. */
export async function hueSettings(hue: HueConfig, files: Files): Promise<HueSettings | undefined> {
  const { flagsOnly } = files;
  const key = hue.key ?? keyIn(hue.key_file, files);
  const roots = hue.ca_file === undefined ? undefined : await rootsIn(hue.ca_file, files);
  if (!hue.host || key === undefined || (hue.ca_file !== undefined && roots === undefined)) return undefined;
  return {
    host: hue.host.host,
    port: hue.host.port ?? hue.port,
    key,
    bridgeId: hue.bridge_id,
    fingerprint: hue.fingerprint,
    roots,
    plainHttp: hue.insecure_http ? "always" : flagsOnly ? "without-tls" : "round-bridge",
    reconcileMs: hue.reconcile,
    pollMs: hue.poll,
    thresholds: { darkBelow: hue.dark_below, daylightAbove: hue.daylight_above },
    temperatureOffset: hue.temperature_offset,
  };
}

function contentOf(key: "key_file" | "ca_file", path: string, { folder, problem }: Files): string | undefined {
  try {
    return readNamedFile(`hue.${key}`, resolve(folder, path));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // It names the key already, and so does the problem.
    problem(key, error.message.slice(`hue.${key}: `.length));
    return undefined;
  }
}

function keyIn(path: string | undefined, files: Files): string | undefined {
  const content = path === undefined ? undefined : contentOf("key_file", path, files)?.trim();
  if (content === undefined) return undefined;
  const key = applicationKey().safeParse(content);
  if (!key.success) files.problem("key_file", content === "" ? "the file is empty" : "what the file holds is no key");
  return key.data;
}

async function rootsIn(path: string, files: Files): Promise<string | undefined> {
  const content = contentOf("ca_file", path, files);
  if (content === undefined) return undefined;
  const { X509Certificate } = await import("node:crypto");
  const certificates = content.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
    if (certificates.length) return content;
  } catch {
    // Said below.
  }
  files.problem("ca_file", "the file holds no certificates in PEM form");
  return undefined;
}
