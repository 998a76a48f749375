/** Only a restart or a person can help: the message says so to a person. Ends the daemon with exit code 1. */
export class Fatal extends Error {
  override name = "Fatal";
}
