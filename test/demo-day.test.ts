import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { doors, houseAt, type Moment, type Place, rooms } from "../devices/demo/day.ts";

const DAY = 24 * 60;
const DARK = 16_000;
const DAYLIGHT = 23_000;

const moment = fc.double({ min: 0, max: 10 * DAY, noNaN: true });
const at = (time: string) => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return houseAt(60 * hours + minutes);
};
const seen = (now: Moment): Place[] => rooms.filter((room) => now.rooms[room].motion);
const areNext = (one: Place, other: Place) => doors.some((door) => door.includes(one) && door.includes(other));
/** Every half minute of a day. */
const moments = Array.from({ length: 2 * DAY }, (_, half) => half / 2);

describe("in the demo's house", () => {
  test("somebody is seen in one room, or in two with a door between them", () => {
    fc.assert(
      fc.property(moment, (minutes) => {
        const [one, other, ...more] = seen(houseAt(minutes));
        expect(more).toEqual([]);
        if (one && other) expect(areNext(one, other)).toBe(true);
      }),
    );
  });

  test("whoever is seen in a room was before in one that has a door to it, or came in by the hall", () => {
    let last: Place[] = [];
    for (const minutes of moments) {
      const now = seen(houseAt(minutes));
      for (const room of now) {
        if (last.includes(room)) continue;
        expect(room === "Hall" || last.some((other) => areNext(room, other)), `${room}, minute ${minutes}`).toBe(true);
      }
      last = now;
    }
  });

  test("every room is visited, and nobody is seen at noon and at midnight", () => {
    expect(new Set(moments.flatMap((minutes) => seen(houseAt(minutes))))).toEqual(new Set(rooms));
    for (const time of ["00:00", "02:00", "05:00", "11:00", "23:30"]) expect(seen(at(time)), time).toEqual([]);
    expect(seen(at("16:42"))).toEqual(["Hall"]);
    expect(seen(at("16:53"))).toEqual(["Hall", "Living room"]);
    expect(seen(at("16:57"))).toEqual(["Living room"]);
  });

  test("what is measured is what a house has, and moves slowly", () => {
    fc.assert(
      fc.property(moment, (minutes) => {
        const [now, soon] = [houseAt(minutes), houseAt(minutes + 1)];
        for (const room of rooms) {
          const { lightLevel, temperatureCelsius } = now.rooms[room];
          expect(temperatureCelsius).toBeGreaterThan(17);
          expect(temperatureCelsius).toBeLessThan(26);
          expect(Math.abs(soon.rooms[room].temperatureCelsius - temperatureCelsius)).toBeLessThan(0.2);
          expect(Number.isInteger(lightLevel) && lightLevel > 0 && lightLevel < 40_000).toBe(true);
          expect(Math.abs(soon.rooms[room].lightLevel - lightLevel)).toBeLessThan(500);
        }
        expect(now.bedroom.temperatureCelsius).toBeGreaterThan(17);
        expect(now.bedroom.temperatureCelsius).toBeLessThan(24);
        expect(now.bedroom.humidityPercent).toBeGreaterThan(40);
        expect(now.bedroom.humidityPercent).toBeLessThan(60);
      }),
    );
  });

  test("the sun rises and sets once a day: daylight, then neither, then dark", () => {
    for (const room of rooms) {
      const light = (minutes: number) => {
        const { lightLevel } = houseAt(minutes).rooms[room];
        return lightLevel > DAYLIGHT ? "daylight" : lightLevel < DARK ? "dark" : "twilight";
      };
      const phases = moments.map(light).filter((phase, i, all) => phase !== all[i - 1]);
      expect(phases).toEqual(["dark", "twilight", "daylight", "twilight", "dark"]);
      expect([light(12 * 60), light(16.5 * 60), light(20 * 60)]).toEqual(["daylight", "daylight", "dark"]);
    }
  });

  test("one day is like another, and the clock goes round", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAY - 1 }), fc.integer({ min: -3, max: 3 }), (minute, days) => {
        expect(houseAt(minute + days * DAY)).toEqual(houseAt(minute));
      }),
    );
    expect([at("00:00"), at("16:42"), houseAt(DAY + 61.9)].map(({ timeOfDay }) => timeOfDay)).toEqual([
      "00:00",
      "16:42",
      "01:01",
    ]);
  });
});
