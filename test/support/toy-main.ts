import { cell } from "../../src/cell.ts";
import { main } from "../../src/main.ts";
import { toyDaemon, toyDevice } from "./toy.ts";

// A toy daemon as a process, for what only a process has: an environment, signals, an exit code.
process.exit(await main(toyDaemon(cell([toyDevice("lamp").device])), process.argv.slice(2)));
