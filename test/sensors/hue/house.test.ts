import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FakeResource, measurement } from "../../../devices/sensors/hue/fake-resources.ts";
import { openHouse } from "../../../devices/sensors/hue/house.ts";
import { usualThresholds } from "../../../devices/sensors/hue/values.ts";
import { changes, DIMMER, DIMMER_BUTTON, HALL, hallRadio, houseOf, part, resources, told, update } from "./houses.ts";

describe("a full read", () => {
  test("is news when something was measured or pressed that nobody told", () => {
    const house = houseOf(resources());
    expect(house.replace(resources(), [], true)).toEqual({ news: false, skipped: 0 });
    const moved = resources().map((one) => (one.id === part(1) ? { ...one, motion: { motion: true } } : one));
    expect(house.replace(moved, [], true).news).toBe(true);
    expect(house.replace(moved, [], true).news).toBe(false);
    const invalid = resources().map((one) =>
      one.id === part(1) ? { ...one, motion: { motion: true, motion_valid: false } } : one,
    );
    expect(house.replace(invalid, [], true).news).toBe(true);
  });

  test("is news when a button was used that nobody told of", () => {
    const used = (updated: unknown) =>
      resources().map((one) =>
        one.id === DIMMER_BUTTON ? { ...one, button: { button_report: { event: "repeat", updated } } } : one,
      );
    const house = houseOf(used("2026-11-22T02:00:00.000Z"));
    expect(house.replace(used("2026-11-22T02:00:00.000Z"), [], true).news).toBe(false);
    expect(house.replace(used("2026-11-22T02:00:01.000Z"), [], true).news).toBe(true);
    expect(house.replace(used(null), [], true).news).toBe(true);
    expect(house.replace(used(undefined), [], true).news).toBe(false);
    expect(house.replace(used("2026-11-22T02:00:01.000Z"), [], true).news).toBe(true);
  });

  test("is no news when a name or a battery differs: bridges don't always tell", () => {
    const house = houseOf(resources());
    const other = resources().map((one) =>
      one.type === "device_power" ? { ...one, power_state: { battery_level: 1 } } : one,
    );
    expect(house.replace(other, [], true).news).toBe(false);
    expect(house.sensors().get(HALL)?.batteryPercent).toBe(1);
  });

  test("without the level of a battery leaves the battery there, its level unknown", () => {
    const house = houseOf(resources());
    for (const power_state of [{}, { battery_state: "normal" }, { battery_level: null }, null]) {
      house.replace(
        resources().map((one) => (one.type === "device_power" ? { ...one, power_state } : one)),
        [],
        true,
      );
      expect(house.sensors().get(HALL)?.measures).toContain("battery");
      expect(house.sensors().get(HALL)?.batteryPercent).toBeUndefined();
    }
  });

  test("is corrected by what was told while it was on its way, and is no news then", () => {
    const house = houseOf(resources());
    const since = update(part(1), "motion", { motion: measurement("both", "motion", true, "") });
    told(house, ...since);
    expect(house.replace(resources(), since, true).news).toBe(false);
    expect(house.sensors().get(HALL)?.occupancy).toBe(true);
  });

  test("that is not whole takes nothing away", () => {
    const house = houseOf(resources());
    const some = resources().filter(({ id }) => id !== part(3));
    house.replace(some, [], false);
    expect(house.sensors().get(HALL)?.temperatureCelsius).toBe(21.39);
    house.replace(some, [], true);
    expect(house.sensors().get(HALL)?.measures).not.toContain("temperature");
  });

  test("skips and counts what is no resource, and nothing else is lost", () => {
    const strange = [null, 7, "x", [], {}, { id: "a" }, { type: "motion" }, { id: 7, type: "motion" }];
    const house = openHouse(usualThresholds);
    expect(house.replace([...strange, ...resources(), { id: "a", type: "unheard_of" }], [], true).skipped).toBe(8);
    expect(house.sensors()).toEqual(houseOf(resources()).sensors());
  });
});

describe("who belongs to whom", () => {
  const withOut = (...keys: string[]) =>
    resources().map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => !keys.includes(key))));

  test("is known without owners, and without lists of services", () => {
    const whole = houseOf(resources()).sensors();
    expect(houseOf(withOut("owner")).sensors()).toEqual(whole);
    expect(houseOf(withOut("services")).sensors()).toEqual(whole);
  });

  test("does not depend on references that lead nowhere", () => {
    const dangling = { rid: "nobody", rtype: "motion" };
    const items = resources().map((one) =>
      one.type === "device" && Array.isArray(one.services)
        ? { ...one, services: [dangling, null, 7, {}, ...one.services] }
        : one,
    );
    const orphan = {
      id: "orphan",
      type: "motion",
      owner: { rid: "nobody", rtype: "device" },
      motion: { motion: true },
    };
    expect(houseOf([orphan, ...items]).sensors()).toEqual(houseOf(resources()).sensors());
  });

  test("is the same in any order of the bridge's list", () => {
    const items = resources();
    const whole = houseOf(items).sensors();
    fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (list) => {
        expect(houseOf(list).sensors()).toEqual(whole);
      }),
    );
  });

  test("is known without owners where rooms list services too, as old firmware does", () => {
    const items = resources().map(({ owner, ...one }) =>
      one.type === "room"
        ? {
            ...one,
            children: [
              { rid: part(1), rtype: "motion" },
              { rid: part(3), rtype: "temperature" },
            ],
          }
        : one,
    );
    expect(houseOf(items).sensors().get(HALL)).toMatchObject({ occupancy: false, temperatureCelsius: 21.39 });
  });

  test("follows the list of services where the owner is nobody", () => {
    const lost = { owner: { rid: "nobody", rtype: "device" } };
    const items = resources().map((one) => (one.id === part(1) ? { ...one, ...lost } : one));
    expect(houseOf(items).sensors().get(HALL)?.occupancy).toBe(false);
    const room = { owner: { rid: "00000001-0000-4000-8000-000000000000", rtype: "room" } };
    const ownedByRoom = resources().map((one) => (one.id === part(1) ? { ...one, ...room } : one));
    expect(houseOf(ownedByRoom).sensors().get(HALL)?.occupancy).toBe(false);
  });

  test.each([
    ["the lower number in v1", { id_v1: "/sensors/4" }, true],
    ["the lower number in v1, or else of the lower id", { id_v1: "/sensors/5", id: "0" }, true],
    ["a number in v1", { id_v1: "" }, false],
  ])("takes, of two services of a kind, the one of %s", (_name, rest, motion) => {
    const second = { id: "z", type: "motion", owner: { rid: part(0) }, motion: { motion: true }, ...rest };
    expect(
      houseOf([...resources(), second])
        .sensors()
        .get(HALL)?.occupancy,
    ).toBe(motion);
    expect(
      houseOf([second, ...resources()])
        .sensors()
        .get(HALL)?.occupancy,
    ).toBe(motion);
  });

  test("is not known yet of a device whose radio has not arrived", () => {
    const house = houseOf(resources());
    const device = { id: "d", type: "device", metadata: { name: "New" }, services: [{ rid: "m" }, { rid: "r" }] };
    told(house, ...changes("add", device, { id: "m", type: "motion", owner: { rid: "d" } }));
    expect(house.sensors().size).toBe(3);
    told(
      house,
      ...changes("add", {
        id: "r",
        type: "zigbee_connectivity",
        owner: { rid: "d" },
        mac_address: "00:17:88:01:00:00:00:99",
      }),
    );
    expect([...house.sensors().keys()]).toContain("0017880100000099");
    told(house, ...changes("update", { id: "r", type: "zigbee_connectivity", status: "disconnected" }));
    expect(house.sensors().get("0017880100000099")?.reachable).toBe(false);
  });

  test("includes rooms that list services, as old firmware does", () => {
    const items = resources().map((one) =>
      one.type === "room" ? { ...one, children: [{ rid: one.id.startsWith("00000001") ? part(1) : "x" }] } : one,
    );
    const sensors = houseOf(items).sensors();
    expect([sensors.get(HALL)?.room, sensors.get(DIMMER)?.room]).toEqual(["Hallway", undefined]);
  });

  test("is no matter of lamps: a device that measures nothing is no sensor", () => {
    expect([...houseOf(resources()).sensors().keys()]).toEqual([HALL, "0017880100000020", DIMMER]);
  });

  test.each([
    ["no address", (one: FakeResource) => ({ ...one, mac_address: undefined }), part(0)],
    ["an empty address", (one: FakeResource) => ({ ...one, mac_address: "" }), part(0)],
  ])("is clear with %s: the device's own id is taken", (_name, change, id) => {
    const items = resources().map((one) => (one.id === hallRadio ? change(one) : one));
    expect([...houseOf(items).sensors().keys()]).toContain(id);
  });

  test("keeps two sensors apart that show one address, and their ids do not depend on the order", () => {
    const items = resources().map((one) =>
      one.mac_address ? { ...one, mac_address: "00:17:88:01:aa:bb:cc:dd" } : one,
    );
    const ids = ["00178801aabbccdd", "00000020-0000-4000-8000-000000000000", "00000030-0000-4000-8000-000000000000"];
    expect([...houseOf(items).sensors().keys()]).toEqual(ids);
    expect([...houseOf(items.reverse()).sensors().keys()]).toEqual(ids);
  });

  test.each(["", "ä ö/#+", "__proto__", "x".repeat(300), "🚪"])(
    "has keys of letters, digits and dashes for the id %j",
    (id) => {
      const items = [
        { id: id || "e", type: "device", metadata: { name: "" }, services: [{ rid: "m" }] },
        { id: "m", type: "motion", motion: { motion: true } },
      ];
      const keys = [...houseOf(items).sensors().keys()];
      expect(keys).toEqual([expect.stringMatching(/^[A-Za-z0-9-]+$/)]);
      expect(keys[0]).not.toContain("undefined");
    },
  );
});

describe("a change that comes in", () => {
  const radioless = () => resources().filter(({ id }) => id !== hallRadio);
  /** What a sensor without a radio is called by. */
  const byDevice = part(0);

  test("is of the sensor that the resource belongs to, or is", () => {
    const house = houseOf(resources());
    for (const id of [part(0), part(1), part(3), hallRadio]) expect(house.sensorWith(id)?.id).toBe(HALL);
    expect(house.sensorWith(DIMMER_BUTTON)?.id).toBe(DIMMER);
    for (const id of ["000000b1-0000-4000-8000-000000000000", "000000b1-0000-4000-8000-000000000001", "nobody"]) {
      expect(house.sensorWith(id)).toBeUndefined();
    }
    expect([house.knows(part(1)), house.knows("nobody")]).toEqual([true, false]);
  });

  test("is a press of the button that it names, and of nobody's where nobody is known to have it", () => {
    const press = { button: { button_report: { event: "short_release", updated: "2026-11-22T02:00:00.000Z" } } };
    const pressOf = (items: readonly unknown[], id = DIMMER_BUTTON) => {
      const [change] = update(id, "button", press);
      return change && houseOf(items).pressOf(change);
    };
    expect(pressOf(resources())).toEqual({ sensorId: DIMMER, button: 2, event: "short_release" });
    expect(pressOf(resources(), "nobody")).toBe("unknown");
    const numbers = (control_id: unknown) =>
      resources().map((one) => (one.id === DIMMER_BUTTON ? { ...one, metadata: { control_id } } : one));
    expect([pressOf(numbers(undefined)), pressOf(numbers("2"))]).toEqual(["unknown", "unknown"]);
    const ownerless = resources()
      .filter(({ id }) => id !== "00000030-0000-4000-8000-000000000000")
      .map((one) => (one.id === DIMMER_BUTTON ? { ...one, owner: null } : one));
    expect(pressOf(ownerless)).toBe("unknown");
    const [motion] = update(part(1), "motion", { motion: { motion: true } });
    expect(motion && houseOf(resources()).pressOf(motion)).toBeUndefined();
  });

  test("does not take away a sensor without a radio that a read has listed", () => {
    const [device] = resources().filter(({ id }) => id === part(0));
    for (const change of [
      ...changes("update", { id: part(0), type: "device", metadata: { name: "Attic" } }),
      ...changes("add", device),
      ...changes("add", ...resources().filter(({ id }) => id === part(2))),
      ...update("nobody", "device", { metadata: { name: "Nobody" } }),
    ]) {
      const house = houseOf(radioless());
      expect(told(house, change).sensors.has(byDevice)).toBe(true);
    }
  });

  test("brings a sensor without a radio with the next read, and not before", () => {
    const house = houseOf(resources().filter(({ id }) => !id.startsWith("00000010")));
    const parts = radioless().filter(({ id }) => id.startsWith("00000010"));
    expect(told(house, ...changes("add", ...parts)).sensors.has(byDevice)).toBe(false);
    house.replace(radioless(), [], true);
    expect(house.sensors().has(byDevice)).toBe(true);
  });

  test("brings a part alone, of a device that is here already", () => {
    const house = houseOf(radioless().filter(({ id }) => id !== part(3)));
    const { sensors } = told(house, ...changes("add", ...resources().filter(({ id }) => id === part(3))));
    expect(sensors.get(byDevice)?.temperatureCelsius).toBe(21.39);
  });
});

test.each(["00:00:00:00:00:44:23:08", "0x00442308", "442308"])(
  "a switch without a battery has its address from its radio (%s), and no connectivity that could be believed",
  (source_id) => {
    const items = [
      { id: "d", type: "device", metadata: { name: "Tap" }, services: [{ rid: "b" }, { rid: "z" }] },
      { id: "b", type: "button", metadata: { control_id: 1 } },
      { id: "z", type: "zgp_connectivity", source_id, status: "unidirectional_incoming" },
    ];
    expect(houseOf(items).sensors().get("0000000000442308")).toMatchObject({ measures: [], reachable: undefined });
  },
);

test.each([
  ["connected", true],
  ["unidirectional_incoming", true],
  ["disconnected", false],
  ["connectivity_issue", false],
  ["pending_discovery", false],
  ["asleep", undefined],
  [7, undefined],
])("a radio that is %s: reachable %s", (status, reachable) => {
  const house = houseOf(resources());
  told(house, ...update(hallRadio, "zigbee_connectivity", { status }));
  expect(house.sensors().get(HALL)?.reachable).toBe(reachable);
});
