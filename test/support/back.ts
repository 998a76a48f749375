import type { IClientOptions } from "mqtt";
import { connectPerson, type Person } from "./person.ts";
import { type RunningToy, topics } from "./toy.ts";

/** Everything a house needs of a daemon: discovery, both availabilities and the state are retained, a command is obeyed. */
export async function untilAllThere(url: string, toy: RunningToy, options: IClientOptions = {}): Promise<number> {
  const since = performance.now();
  // Somebody new, who is given only what the broker holds now.
  await using person = await connected(url, options);
  await person.until(topics.document, /Toy lamp/);
  await person.until(topics.daemon, "online");
  await person.until(topics.availability, "online");
  const { on } = toy.lamp.report.get().state;
  await person.until(topics.on, on ?? "");
  await obeys(person, toy);
  return performance.now() - since;
}

/** Resolves when the toy does what it is told: commands that come too early are refused, with the state told again. */
export async function obeys(person: Person, toy: RunningToy): Promise<void> {
  const level = String((Number(toy.lamp.report.get().state.level) + 1) % 10);
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    const answer = person.next(topics.level, /./, 2_000).catch(() => undefined);
    await person.publish(topics.setLevel, level);
    if ((await answer) === level) return;
  }
  throw new Error(`no command is obeyed:\n${toy.logged.said("info", "warn", "error").join("\n")}`);
}

async function connected(url: string, options: IClientOptions): Promise<Person> {
  for (const end = performance.now() + 5_000; ; ) {
    try {
      return await connectPerson(url, options);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
