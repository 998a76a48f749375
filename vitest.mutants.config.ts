import { defineConfig } from "vitest/config";

/** For Stryker, which runs them a thousand times: the tests of rules, codecs and pure core files, without a broker. */
export default defineConfig({
  test: {
    include: [
      "test/sprinklers/{zones,codecs,relays}*.test.ts",
      "test/core/{broker-errors,cell,commands,complaints,contest.random,duration,flags,homeassistant,metrics,outbox-client,payloads}.test.ts",
      "test/smart-aircons/{aircon,aircon.feedback,aircon.memory,aircon.readings,config,entities}.test.ts",
      "test/smart-aircons/ir/*.test.ts",
      "test/broadlink/{codecs,unit,faults}.test.ts",
      "test/sensors/{glitch,readings}.test.ts",
      "test/sensors/hue/{house,merge,resource,v2,values}.test.ts",
    ],
    setupFiles: ["test/support/same-luck.ts"],
    env: { ORACLE_LIVES: "1200" },
    testTimeout: 10_000,
  },
});
