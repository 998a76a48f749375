import type { HomeAssistant } from "./home-assistant.ts";

/** An entity as its card shows it. */
export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_reported?: string;
}

/** A change as it was heard; `atMs` is on the monotonic clock. */
export interface Change {
  entity: string;
  state: string | undefined;
  atMs: number;
}

type Fits = string | ((entity: EntityState) => boolean);

/** A browser that has Home Assistant open: it sees every entity, and can press whatever a person can. */
export interface Frontend extends AsyncDisposable {
  /** Every entity that there is, by its id. */
  readonly entities: ReadonlyMap<string, EntityState>;
  /** What has changed since it was opened, in order. */
  readonly changes: readonly Change[];
  /** Sends a command of the WebSocket API; resolves with its result. Throws what Home Assistant answers. */
  call<T = unknown>(type: string, fields?: object): Promise<T>;
  /** Calls a service (`valve.open_valve`) for an entity, or some. */
  act(service: string, entity: string | readonly string[], data?: object): Promise<void>;
  /** Resolves as soon as the entity's state is as wanted, which may be now. Throws after `timeoutMs`. */
  until(entity: string, wanted: Fits, timeoutMs?: number): Promise<EntityState>;
  /** As `until`, but for a change after this call. */
  next(entity: string, wanted: Fits, timeoutMs?: number): Promise<EntityState>;
  /** Resolves when all that is known of the entities is as wanted. Throws after `timeoutMs`. */
  untilAll(wanted: (entities: ReadonlyMap<string, EntityState>) => boolean, timeoutMs?: number): Promise<void>;
}

interface Message {
  id: number;
  type: string;
  success?: boolean;
  result?: unknown;
  error?: { code: string; message: string };
  event?: { data: { entity_id: string; new_state: EntityState | null } };
}

const fits = (wanted: Fits, entity: EntityState | undefined) =>
  entity !== undefined && (typeof wanted === "string" ? entity.state === wanted : wanted(entity));

/** Opens it; resolves when it is shown all entities. Throws when the token is refused or the connection ends. */
export async function openFrontend({ url, token }: Pick<HomeAssistant, "url" | "token">): Promise<Frontend> {
  const socket = new WebSocket(url);
  const entities = new Map<string, EntityState>();
  const changes: Change[] = [];
  const answers = new Map<number, PromiseWithResolvers<unknown>>();
  const watchers = new Set<(entity: string) => void>();
  const open = Promise.withResolvers<void>();
  let ids = 0;

  function heard({ id, type, ...message }: Message): void {
    if (type === "auth_required") socket.send(JSON.stringify({ type: "auth", access_token: token }));
    else if (type === "auth_ok") open.resolve();
    else if (type === "auth_invalid") open.reject(new Error("Home Assistant refuses the token"));
    else if (type === "event" && message.event) {
      const { entity_id: entity, new_state: state } = message.event.data;
      if (state) entities.set(entity, state);
      else entities.delete(entity);
      changes.push({ entity, state: state?.state, atMs: performance.now() });
      for (const watch of watchers) watch(entity);
    } else {
      const answer = answers.get(id);
      answers.delete(id);
      if (message.success) answer?.resolve(message.result);
      else answer?.reject(new Error(`${message.error?.code}: ${message.error?.message}`));
    }
  }
  socket.addEventListener("message", ({ data }) => heard(JSON.parse(String(data))));
  socket.addEventListener("close", () => {
    const gone = new Error("Home Assistant has closed the connection");
    open.reject(gone);
    for (const answer of answers.values()) answer.reject(gone);
    answers.clear();
  });

  function call<T>(type: string, fields: object = {}): Promise<T> {
    const id = ++ids;
    const answer = Promise.withResolvers<unknown>();
    if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("Home Assistant is not there"));
    answers.set(id, answer);
    socket.send(JSON.stringify({ id, type, ...fields }));
    return answer.promise as Promise<T>;
  }

  async function watch(name: string, wanted: (changed?: string) => boolean, now: boolean, timeoutMs: number) {
    if (now && wanted()) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (changed: string) => {
      if (wanted(changed)) resolve(true);
    };
    watchers.add(look);
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const seen = await promise;
    clearTimeout(timer);
    watchers.delete(look);
    // Thrown here and not in the timer, so that its stack names the test.
    if (!seen) throw new Error(`${name} in ${timeoutMs} ms`);
  }
  async function untilOne(entity: string, wanted: Fits, now: boolean, timeoutMs = 10_000): Promise<EntityState> {
    let found: EntityState | undefined;
    const sought = typeof wanted === "string" ? wanted : "as wanted";
    try {
      await watch(
        `${entity} was not ${sought}`,
        (changed) => {
          const current = entities.get(entity);
          if ((changed ?? entity) === entity && fits(wanted, current)) found ??= current;
          return found !== undefined;
        },
        now,
        timeoutMs,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message}, but ${JSON.stringify(entities.get(entity))}`, { cause: error });
    }
    return found as EntityState;
  }

  await open.promise;
  await call("subscribe_events", { event_type: "state_changed" });
  for (const state of await call<EntityState[]>("get_states")) entities.set(state.entity_id, state);
  return {
    entities,
    changes,
    call,
    async act(service, entity, data = {}) {
      const [domain, name] = service.split(".");
      const request = { domain, service: name, service_data: data, target: { entity_id: entity } };
      await call("call_service", request);
    },
    until: (entity, wanted, timeoutMs) => untilOne(entity, wanted, true, timeoutMs),
    next: (entity, wanted, timeoutMs) => untilOne(entity, wanted, false, timeoutMs),
    untilAll: (wanted, timeoutMs = 30_000) =>
      watch("the entities were not as wanted", () => wanted(entities), true, timeoutMs),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await closed;
    },
  };
}
