import { learn } from "../../devices/smart-aircons/tools/learn.ts";

process.exit(await learn(process.argv.slice(2), process));
