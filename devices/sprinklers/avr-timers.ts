import { AVRTimer, type AVRTimerConfig, type CPU } from "avr8js";

/** A timer of avr8js with what it was made of. */
export interface Timer {
  timer: AVRTimer;
  config: AVRTimerConfig;
}

/** Bits in TCCRnA with which a timer moves pins (ATmega328P datasheet, "TCCR0A: Compare Output Mode"). */
const COM = 0xf0;

/**
 * A timer that rests while its counts have no effect. avr8js has an event for every count: two of an Arduino's three
 * timers, which run for nothing, would take a third of the time.
 */
export function restingTimer(cpu: CPU, config: AVRTimerConfig): Timer {
  const timer = new AVRTimer(cpu, config);
  const { count } = timer;
  let rests = false;
  timer.count = (reschedule = true, external = false) => {
    if (reschedule) rests = timer.TIMSK === 0 && !(timer.TCCRA & COM);
    count(reschedule && !rests, external);
  };
  const wakeUp = () => {
    if (rests) cpu.addClockEvent(timer.count, 1);
    rests = false;
  };
  for (const register of [config.TIMSK, config.TCCRA, config.TCNT]) {
    const write = cpu.writeHooks[register];
    cpu.writeHooks[register] = (value, before, address, mask) => {
      wakeUp();
      return write?.(value, before, address, mask);
    };
  }
  // What it would have counted by now is in its flags; reading TCNT does the same by itself.
  cpu.readHooks[config.TIFR] = (address) => {
    timer.count(false);
    return cpu.data[address] ?? 0;
  };
  return { timer, config };
}

/**
 * The cycle at which something may next happen to a chip that sleeps, Infinity when nothing will. Of a timer that only
 * interrupts when it overflows, that is the overflow.
 */
export function nextEvent(cpu: CPU, timers: readonly Timer[]): number {
  let first = Number.POSITIVE_INFINITY;
  // biome-ignore lint/complexity/useLiteralKeys: avr8js calls it private, and has no other way to ask.
  for (let event = cpu["nextClockEvent"]; event; event = event.next) {
    const { callback, cycles } = event;
    const counting = timers.find(({ timer }) => timer.count === callback);
    // A count that is already due brings its timer up to date first.
    const quiet = counting && cycles > cpu.cycles ? quietCycles(counting) : 0;
    first = Math.min(first, cycles + quiet);
  }
  return first;
}

/** How long, from its next count on, a timer counts without any effect. */
function quietCycles({ timer, config }: Timer): number {
  // The modes that count up to their highest value; others are too rare to be quick.
  const countsUp = timer.WGM === 0 || (config.bits === 8 && timer.WGM === 3);
  if (!countsUp || timer.TIMSK !== config.TOIE || timer.TCCRA & COM) return 0;
  return (timer.TOP - timer.debugTCNT) * config.dividers[timer.CS];
}
