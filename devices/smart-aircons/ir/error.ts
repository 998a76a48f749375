/** What was read, or asked for, can't be infrared as we know it. The message is a sentence for a person. */
export class InfraredError extends Error {
  override name = "InfraredError";
}
