/**
 * Why a host can't be reached, by the code that the network gave, as a sentence with the way out; undefined for codes
 * that say something else. `host` may have its port, `what` is who is expected there ("the broker").
 */
export function unreachable(code: unknown, host: string, what: string): string | undefined {
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens at ${host} (connection refused)`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return host.replace(/:\d+$/, "").endsWith(".local")
        ? `${host} does not resolve. Names ending in .local are found by multicast, which does not reach into containers: use ${what}'s address instead`
        : `the name ${host} does not resolve`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no route to ${host}`;
    case "ETIMEDOUT":
      return `${host} does not answer`;
    default:
      return undefined;
  }
}
