import { z } from "zod";
import { logLevels } from "./log.ts";

/** Keys that every daemon has. */
export const coreKeys = {
  mqtt: z
    .strictObject({
      url: z
        .string()
        .regex(/^mqtts?:\/\/[^\s/?#]+\/?$/, "must look like mqtt://host:1883 or mqtts://host:8883")
        .refine(
          (url) => !["0", undefined].includes(URL.parse(url)?.port),
          "must look like mqtt://host:1883 or mqtts://host:8883",
        )
        .describe("the broker, mqtt://host[:1883] or mqtts://host[:8883]"),
      username: z.string().optional().describe("user name at the broker"),
      password: z.string().optional().describe("password at the broker; better in a file"),
      password_file: path("password").optional().describe("file that holds the password"),
      ca_file: path("CA certificate").optional().describe("CA that signed the broker's certificate, PEM file"),
      cert_file: path("certificate").optional().describe("client certificate, PEM file"),
      key_file: path("key").optional().describe("client certificate's key, PEM file"),
      insecure: z.boolean().default(false).describe("don't verify the broker's certificate"),
    })
    .superRefine((mqtt, context) => {
      const problem = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      for (const key of ["ca_file", "cert_file", "key_file", "insecure"] as const) {
        if (mqtt[key] && mqtt.url.startsWith("mqtt:")) problem(key, "is for TLS: mqtt.url must begin with mqtts://");
      }
      for (const key of ["password", "password_file"] as const) {
        if (mqtt[key] && !mqtt.username && !mqtt.url.includes("@")) problem(key, "needs a user name: mqtt.username");
      }
    }),
  instance: z
    .string()
    .regex(/^[a-z0-9-]+$/, "must be lower-case letters, digits and dashes")
    .max(64, "must be at most 64 characters")
    .default("main")
    .describe("tells two daemons of one kind apart"),
  discovery: z.boolean().default(true).describe("announce devices to Home Assistant"),
  health_port: z.int().min(0).max(65535).optional().describe("port of /livez, /readyz and /metrics; none by default"),
  health_host: z.string().optional().describe("address to listen on for them; all by default"),
  log_level: z.enum(logLevels).default("info").describe("debug (every byte on the wire), info, warn, error"),
};

/** What every daemon's configuration has in common, after its schema. */
export type CoreConfig = z.output<z.ZodObject<typeof coreKeys>>;

function path(of: string) {
  return z
    .string()
    .min(1)
    .refine((text) => !text.includes("-----BEGIN"), `must be the path of a file with the ${of}, not its content`);
}
