import type { Clock } from "../clock.ts";

/** The part of a unit that listens to remote controls. */
export interface Ear {
  readonly listening: boolean;
  /** The packet it heard since it was told to listen. */
  readonly learned: Buffer | undefined;
  /** Listens for 30 s, or until it hears something; forgets what it heard before. */
  listen(): void;
  /** Somebody points a remote control at it. */
  hear(packet: Buffer): void;
  /** As after a restart. */
  forget(): void;
}

const LISTENING_MS = 30_000;

export function ear(clock: Clock): Ear {
  let untilMs = 0;
  let learned: Buffer | undefined;
  const self: Ear = {
    get listening() {
      return clock.monotonicMs() < untilMs;
    },
    get learned() {
      return learned;
    },
    listen() {
      self.forget();
      untilMs = clock.monotonicMs() + LISTENING_MS;
    },
    hear(packet) {
      if (!self.listening) return;
      untilMs = 0;
      learned = packet;
    },
    forget() {
      untilMs = 0;
      learned = undefined;
    },
  };
  return self;
}
