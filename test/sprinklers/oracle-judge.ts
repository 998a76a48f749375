import type { Reason, Rules } from "../../devices/sprinklers/garden-model.ts";
import type { ImaginedBoard } from "./oracle-board.ts";
import { fail, judgeMaster, LONGEST_CLOSING_MS, MASTER_LIMIT_MS, type Moment } from "./oracle-pump.ts";

const HOUR = 3_600_000;
const BROKER_LOSS_MS = 120_000;

interface Book {
  relay: number;
  durationMs: number;
  maxRunMs: number;
  capMs: number;
  /** For how long it was last asked for, and not opened, cancelled or dropped since. */
  askedMs: number | undefined;
  open: boolean;
  openedMs: number;
  /** When its own time, `max_run` and the day's cap are over. */
  deadlineMs: number;
  maxRunAtMs: number;
  capAtMs: number;
  /** How long it was wanted on today. */
  wateredMs: number;
  /** The same, and how long it was closing; what ran over midnight is the new day's since somebody looked. */
  countedMs: number;
  unseenMs: number;
  busy: boolean;
  closingMs: number;
}

/**
 * Keeps its own books of what was asked, what is wanted, and how long, and holds the rules to the promises of S1, S4 to
 * S8 and S11. It reads what the rules publish (the wanted relays, phases, reasons, the queue) and shares no code with
 * them.
 */
export function judge(rules: Rules, board: ImaginedBoard, epochMs: number) {
  const books = rules.zones.map(
    ({ relay, durationMs, maxRunMs, dayCapMs }): Book => ({
      relay,
      durationMs,
      maxRunMs,
      capMs: dayCapMs,
      askedMs: undefined,
      open: false,
      openedMs: 0,
      deadlineMs: 0,
      maxRunAtMs: 0,
      capAtMs: 0,
      wateredMs: 0,
      countedMs: 0,
      unseenMs: 0,
      busy: false,
      closingMs: 0,
    }),
  );
  const { master } = rules;
  const pump = judgeMaster(master, board);
  let day = rules.dayOf(epochMs);
  let ready = false;
  let brokerLostMs: number | undefined = 0;
  let rainUntilEpochMs = 0;
  /** When the next zone has to open, if nothing happens. */
  let opensAtMs = Number.POSITIVE_INFINITY;

  const cancelAll = () => {
    for (const book of books) book.askedMs = undefined;
  };

  /** Why an `open` must be refused, as far as the books say. */
  function obstacle(book: Book, nowEpochMs: number): Reason | undefined {
    if (!ready) return "board";
    if (brokerLostMs !== undefined) return "broker";
    if (rainUntilEpochMs > nowEpochMs) return "rain_delay";
    return book.countedMs >= book.capMs ? "day_cap" : undefined;
  }

  function asked({ event, refused, nowMs, epochMs }: Moment): void {
    if (event.kind !== "open") return;
    const book = books.find(({ relay }) => relay === event.relay) ?? fail(`a zone that is none: ${event.relay}`);
    const wanted = event.runMs ?? book.durationMs;
    const no = obstacle(book, epochMs);
    if (no && refused === undefined) fail(`zone ${book.relay} was accepted: ${no}`);
    if (!no && refused !== undefined && !mayBeTooMuch(book, wanted, nowMs)) {
      fail(`zone ${book.relay} was refused for nothing: ${refused}`);
    }
    if (refused !== undefined) return;
    if (!book.open) book.askedMs = wanted;
    else limit(book, wanted, nowMs);
  }

  /** Whether the master could be on for too long, if everything ran one after the other. */
  function mayBeTooMuch(book: Book, wantedMs: number, nowMs: number): boolean {
    if (!master) return false;
    let sum = pump.countsMs(nowMs) + master.leadMs + master.lingerMs;
    for (const other of books) {
      if (other === book) continue;
      if (other.open) sum += Math.min(other.deadlineMs, other.maxRunAtMs, other.capAtMs) - nowMs;
      if (other.askedMs !== undefined) sum += Math.min(other.askedMs, other.maxRunMs);
    }
    return sum + Math.min(wantedMs, book.maxRunMs) > MASTER_LIMIT_MS;
  }

  function limit(book: Book, runMs: number, nowMs: number): void {
    book.deadlineMs = nowMs + runMs;
    book.capAtMs = nowMs + book.capMs - book.countedMs;
  }

  /** What an event means for the books. */
  function learn({ event, nowMs, epochMs }: Moment): void {
    switch (event.kind) {
      case "duration":
        for (const book of books) if (book.relay === event.relay) book.durationMs = event.durationMs;
        return;
      case "close":
        for (const book of books) if (book.relay === event.relay) book.askedMs = undefined;
        return;
      case "timed-out":
        for (const book of books) {
          if (book.relay === event.relay || event.relay === master?.relay) book.askedMs = undefined;
        }
        return;
      case "all-off":
        cancelAll();
        return;
      case "ready":
        ready = true;
        return;
      case "shutdown":
      case "lost":
        ready = false;
        cancelAll();
        return;
      case "broker":
        brokerLostMs = event.connected ? undefined : (brokerLostMs ?? nowMs);
        return;
      case "rain-delay":
        rainUntilEpochMs = event.hours > 0 ? epochMs + event.hours * HOUR : 0;
        return;
    }
  }

  function opens(book: Book, { nowMs, epochMs }: Moment): void {
    if (book.askedMs === undefined) fail(`zone ${book.relay} opens and nobody asked since the board was lost`);
    const no = obstacle(book, epochMs);
    if (no) fail(`zone ${book.relay} opens: ${no}`);
    if (master) {
      const onMs = board.on.get(master.relay) ?? fail(`zone ${book.relay} opens before the master`);
      if (nowMs - onMs < master.leadMs) fail(`zone ${book.relay} opens ${nowMs - onMs} ms after the master`);
    }
    book.open = true;
    book.openedMs = nowMs;
    book.maxRunAtMs = nowMs + book.maxRunMs;
    limit(book, book.askedMs, nowMs);
    book.askedMs = undefined;
  }

  function closes(book: Book, { event, garden, nowMs }: Moment): void {
    book.open = false;
    const reason = garden.zones.get(book.relay)?.reason;
    const right = {
      command: event.kind === "all-off" || (event.kind === "close" && event.relay === book.relay),
      deadline: nowMs >= book.deadlineMs,
      max_run: nowMs >= book.maxRunAtMs,
      day_cap: nowMs >= book.capAtMs,
      broker: rules.onBrokerLoss === "stop" && nowMs - (brokerLostMs ?? nowMs) >= BROKER_LOSS_MS,
      board:
        event.kind === "lost" ||
        (event.kind === "timed-out" && (event.relay === book.relay || event.relay === master?.relay)),
      shutdown: event.kind === "shutdown",
      replaced: event.kind === "open" && rules.whenBusy === "replace",
      rain_delay: false,
      queued: false,
    };
    if (!reason || !right[reason]) fail(`zone ${book.relay} closes: ${reason}`);
    if (reason === "replaced" && books.some(({ open, openedMs }) => open && openedMs < book.openedMs)) {
      fail(`zone ${book.relay} is replaced and another was open longer`);
    }
  }

  function zone(book: Book, moment: Moment): void {
    const { garden, wanted, nowMs } = moment;
    const { relay } = book;
    const shown = garden.zones.get(relay) ?? fail(`zone ${relay} is gone`);
    const is = (wanted.get(relay) ?? -1) > nowMs;
    if (is !== (shown.phase.is === "open")) fail(`zone ${relay} is ${shown.phase.is}, wanted on: ${is}`);
    if (is && !book.open) opens(book, moment);
    if (!is && book.open) closes(book, moment);
    book.busy = shown.phase.is !== "closed";
    if (book.open) {
      if (nowMs >= book.deadlineMs) fail(`zone ${relay} is open longer than it was asked to`);
      if (nowMs >= book.maxRunAtMs) fail(`zone ${relay} is open longer than max_run`);
      if (nowMs >= book.capAtMs) fail(`zone ${relay} is open and has had its water for today`);
    }
    book.closingMs = shown.phase.is === "closing" && ready ? book.closingMs : 0;
    if (book.closingMs > LONGEST_CLOSING_MS) fail(`zone ${relay} closes for ever`);
    if (shown.wateredMs < book.wateredMs) fail(`zone ${relay} has had more water than it shows`);

    const waits = garden.queue.some((waiting) => waiting.relay === relay);
    if (waits !== (shown.reason === "queued")) fail(`zone ${relay} waits: ${waits}, and says ${shown.reason}`);
    if (waits && book.askedMs === undefined) fail(`zone ${relay} waits and nobody asked`);
    if (!waits && book.askedMs !== undefined) {
      const { reason } = shown;
      const dropped =
        (reason === "replaced" && rules.whenBusy === "replace") ||
        (reason === "day_cap" && book.countedMs >= book.capMs) ||
        (reason === "max_run" && mayBeTooMuch(book, book.askedMs, nowMs)) ||
        (reason === "rain_delay" && rainUntilEpochMs > moment.epochMs) ||
        (reason === "broker" && nowMs - (brokerLostMs ?? nowMs) >= BROKER_LOSS_MS);
      if (!dropped) fail(`zone ${relay} was asked for and does not wait any more: ${reason}`);
      book.askedMs = undefined;
    }
  }

  function places({ garden, wanted, event, nowMs, epochMs }: Moment): void {
    const busy = books.filter(({ busy }) => busy).length;
    const flowing = books.filter(({ relay, open }) => open || board.on.has(relay)).length;
    if (flowing > rules.maxConcurrent) fail(`${flowing} zones are open`);
    if (garden.queue.length > 8) fail("more than 8 zones wait");
    const open = books.filter(({ open }) => open).length;
    if (rules.whenBusy === "replace" && open + garden.queue.length > rules.maxConcurrent) {
      fail("more zones wait than can be open, and none is replaced");
    }
    if ((event.kind === "all-off" || event.kind === "shutdown") && [...wanted.values()].some((ms) => ms > nowMs)) {
      fail("all off, and something is wanted on");
    }
    if (garden.queue.length && rainUntilEpochMs > epochMs) fail("zones wait in the rain");
    if (nowMs - (brokerLostMs ?? nowMs) >= BROKER_LOSS_MS) {
      if (garden.queue.length) fail("zones wait without a broker");
      if (rules.onBrokerLoss === "stop" && books.some(({ open }) => open)) fail("zones are open without a broker");
    }
    const waits = garden.queue.some(({ relay }) => !books.some((book) => book.relay === relay && book.busy));
    opensAtMs = Number.POSITIVE_INFINITY;
    if (waits && busy < rules.maxConcurrent && ready && brokerLostMs === undefined) {
      opensAtMs = Math.max(nowMs, pump.pressureMs());
    }
    if (nowMs >= opensAtMs) fail("a zone waits and nothing holds it up");
  }

  return {
    /** Time passes. `late`: nobody looks when something is due. */
    elapse(ms: number, nowMs: number, late: boolean): void {
      for (const book of books) {
        if (book.open) book.wateredMs += ms;
        if (book.busy) {
          book.countedMs += ms;
          book.unseenMs += ms;
          if (!book.open) book.closingMs += ms;
        }
        if (!book.open || late) continue;
        if (nowMs > book.deadlineMs) fail(`nobody was told that zone ${book.relay}'s time is over`);
        if (nowMs > book.maxRunAtMs) fail(`nobody was told that zone ${book.relay} is at max_run`);
        if (book.wateredMs > book.capMs) fail(`zone ${book.relay} has had too much water today`);
      }
      if (late) return;
      if (nowMs > opensAtMs) fail("nobody was told that the master's lead is over");
      pump.elapse(nowMs);
      if (brokerLostMs !== undefined && nowMs > brokerLostMs + BROKER_LOSS_MS && rules.onBrokerLoss === "stop") {
        if (books.some(({ open }) => open)) fail("nobody was told that the broker is away for 120 s");
      }
    },
    /** The wall clock is here now. */
    date(epochMs: number): void {
      if (rainUntilEpochMs <= epochMs) rainUntilEpochMs = 0;
      const today = rules.dayOf(epochMs);
      // A clock that steps back gives no second day, unless it was wrong by more than two.
      const daysOn = (Date.parse(today) - Date.parse(day)) / 86_400_000;
      if (daysOn <= 0 && daysOn >= -2) return;
      day = today;
      for (const book of books) {
        book.wateredMs = 0;
        book.countedMs = book.unseenMs;
      }
    },
    /** The rules have decided. */
    after(moment: Moment): void {
      asked(moment);
      learn(moment);
      pump.learn(moment);
      for (const book of books) {
        zone(book, moment);
        book.unseenMs = 0;
      }
      places(moment);
      pump.after(moment, {
        open: books.some(({ open }) => open),
        needed: moment.garden.queue.length > 0 || books.some(({ busy }) => busy),
      });
    },
  };
}
