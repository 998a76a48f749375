import { z } from "zod";

/** Where something listens: a name or an IPv4 address, and the port that may have been written behind it. */
export interface Host {
  host: string;
  port: number | undefined;
}

const PATTERN = /^(?<host>[A-Za-z0-9][A-Za-z0-9._-]*)(?::(?<port>\d{1,5}))?$/;

const partsOf = (text: string): Host | undefined => {
  const { host, port } = PATTERN.exec(text)?.groups ?? {};
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 0xffff) return undefined;
  return { host, port: port === undefined ? undefined : Number(port) };
};

/** A host as people write it: `192.168.137.252`, or with a port behind it (`127.0.0.1:8080`). */
export const hostKey = () =>
  z
    .string()
    .trim()
    .refine((text) => partsOf(text) !== undefined, {
      error: "must be a host such as 192.168.137.21, with :port behind it where that is another, and without http://",
    })
    .transform((text): Host => partsOf(text) ?? { host: text, port: undefined });
