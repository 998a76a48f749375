import type { Person } from "../support/person.ts";

/** How long the broker alone takes to bring this person's message back, in ms. */
export async function hopMs(person: Person, text: string): Promise<number> {
  const back = person.next("bench/hop", text);
  const sentMs = performance.now();
  person.client.publish("bench/hop", text);
  await back;
  return performance.now() - sentMs;
}
