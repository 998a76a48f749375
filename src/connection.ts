import type { MqttClient } from "mqtt";
import type { Logger } from "pino";
import { attempt, type BrokerOptions } from "./attempt.ts";
import { explain, speaksNoMqtt5 } from "./broker-errors.ts";
import { type Cell, cell } from "./cell.ts";
import { atMost, type Clock } from "./clock.ts";
import type { Complaints } from "./complaints.ts";
import { contest } from "./contest.ts";

export interface Connection {
  /** The client of the open connection, new and subscribed to nothing; undefined while there is none. */
  client: Cell<MqttClient | undefined>;
  /** Whether another client seems to use our id (C5). */
  contested(): boolean;
  /** Says goodbye to the broker (it keeps our word then, not our last will), for at most `ms`, and does not come back. */
  leave(ms: number): Promise<void>;
  /** Resolves when we have left, or the signal has aborted, and the last connection is closed. */
  ended: Promise<void>;
}

/** Said when everything is well again; forgotten with each trouble that is logged. */
export const CONNECTED = "connected to the broker";

const FIRST_DELAY_MS = 500;
/** Low enough that everything is back within 2 s of the broker's return; C1 allows 10 s. */
const LONGEST_DELAY_MS = 750;

/**
 * Keeps one connection to the broker until the signal aborts: MQTT 5, or 3.1.1 from the moment a broker refuses 5 (C2).
 * Each attempt has a client of its own, thrown away with its connection, so nothing can be left behind in it.
 */
export function keepConnected(
  options: BrokerOptions,
  context: { log: Logger; clock: Clock; troubles: Complaints; signal: AbortSignal },
): Connection {
  const { log, clock, troubles, signal } = context;
  const where = `${options.host}:${options.port}`;
  const client = cell<MqttClient | undefined>(undefined);
  const rivalry = contest();
  let version: 4 | 5 = 5;
  let openedAtMs: number | undefined;
  let leaving = false;

  const complain = (trouble: string, fields = {}) => {
    if (troubles.say(trouble, fields)) troubles.over(CONNECTED);
  };

  async function run(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    while (!signal.aborted && !leaving) {
      const opened = (open: MqttClient) => {
        openedAtMs = clock.monotonicMs();
        client.set(open);
      };
      const { livedMs, trouble, takenOver } = await attempt(options, version, { clock, signal, opened });
      openedAtMs = undefined;
      if (client.get()) client.set(undefined);
      if (signal.aborted || leaving) return;
      if (version === 5 && speaksNoMqtt5(trouble)) {
        version = 4;
        log.info({ broker: where }, "the broker does not speak MQTT 5, using 3.1.1");
        continue;
      }
      if (livedMs === undefined) complain(explain(trouble, where));
      else {
        delayMs = FIRST_DELAY_MS;
        if (rivalry.ended(clock.monotonicMs(), livedMs, takenOver)) {
          const { clientId } = options;
          log.error({ clientId }, `another client uses id ${clientId}, or the broker drops us`);
        }
        complain("the connection to the broker is lost", { broker: where, because: trouble?.message });
      }
      await clock.sleep(Math.max(delayMs, rivalry.delayMs()) * (0.75 + Math.random() / 4), signal);
      delayMs = Math.min(delayMs * 1.5, LONGEST_DELAY_MS);
    }
  }

  return {
    client,
    contested: () => rivalry.goesOn(openedAtMs === undefined ? 0 : clock.monotonicMs() - openedAtMs),
    async leave(ms) {
      leaving = true;
      const open = client.get();
      if (open) await atMost(ms, new Promise<void>((resolve) => open.end(false, () => resolve())), clock);
    },
    ended: run(),
  };
}
