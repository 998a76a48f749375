import type { Act } from "./random-acts.ts";
import type { House } from "./random-house.ts";
import { watch } from "./wired.ts";

/** Does something to a house. */
export function act(house: House, act: Act): void {
  const { board, clock, judging, usb } = house;
  const { faults } = board;
  const zones = house.daemon()?.zones;
  switch (act.do) {
    case "open":
      house.ask(act.relay);
      break;
    case "run":
      house.ask(act.relay, act.seconds * 1_000);
      break;
    case "close":
      if (zones) watch(zones.close(act.relay), clock);
      break;
    case "all off":
      if (zones) watch(zones.allOff(), clock);
      break;
    case "rain":
      zones?.tell({ kind: "rain-delay", hours: act.hours });
      break;
    case "broker gone":
    case "broker back":
      house.setBroker(act.do === "broker back");
      break;
    case "noise":
      // It may fall between the pieces of an answer.
      judging.disturb();
      board.say(Buffer.from([0, 255, 13, 10, 128, ...Buffer.from("INFO: requesting relay\r\n~~\n")]));
      break;
    case "mutter":
      house.mutter(act.text);
      break;
    case "hang":
      judging.disturb(600);
      board.hang?.();
      break;
    case "freeze":
      house.freeze(act.ms);
      break;
    case "kill":
      house.kill();
      break;
    case "start":
      house.start();
      break;
    case "break":
      Object.assign(faults, act.faults);
      break;
    case "heal":
      house.heal();
      break;
    case "vanish":
      usb.vanished = true;
      break;
    case "reset":
      judging.disturb(faults.bannerDelayMs);
      board.reset();
      break;
    case "unplug":
      house.unplug(board.unplug);
      break;
    case "disconnect":
      house.unplug(() => {
        usb.connected = false;
        house.daemon()?.hangUp();
      });
      break;
    case "plug":
      house.plug();
      break;
  }
}
