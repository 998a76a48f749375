import type { Device } from "./device.ts";
import { availabilityTopic } from "./homeassistant.ts";
import { type House, serve, topicsOf } from "./serve.ts";

/** All devices there are; `unsure`: who is not among them and may yet come, because whoever knows has not answered. */
export interface DeviceList extends ReadonlyArray<Device> {
  readonly unsure?: (deviceKey: string) => boolean;
}

interface Served {
  device: Device;
  stop: AbortController;
  done: Promise<void>;
}

/**
 * Serves devices that come and go: each list is all of them, a device that is the same value goes on undisturbed.
 * Resolves when the signal has aborted and all of them have said their last; `failed` is told what one of them throws.
 */
export async function serveAll(
  lists: AsyncIterable<DeviceList>,
  house: House,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  const served = new Map<string, Served>();

  /** Ends serving a device: for good, or to serve `next` in its place. */
  async function remove(key: string, { device, stop, done }: Served, next: Device | undefined): Promise<void> {
    stop.abort();
    await done;
    served.delete(key);
    if (!next) {
      (await house.discovery)?.withdraw(key);
      house.metrics.forget("mqtt_things_device_up", { device: key });
    }
    const kept = new Set(next && retainedBy(next));
    for (const topic of retainedBy(device)) if (!kept.has(topic)) house.mqtt.publish("state", topic, "");
  }

  async function follow(): Promise<void> {
    for await (const list of lists) {
      if (signal.aborted) return;
      const wanted = new Map(list.map((device) => [device.info.key, device]));
      void house.discovery?.then((discovery) => discovery.keepOnly([...wanted.keys()], list.unsure));
      for (const [key, known] of served) {
        if (wanted.get(key) !== known.device) await remove(key, known, wanted.get(key));
      }
      for (const [key, device] of wanted) {
        if (served.has(key) || signal.aborted) continue;
        const stop = new AbortController();
        const done = serve(device, house, stop.signal).catch(failed);
        served.set(key, { device, stop, done });
      }
    }
  }

  // Not awaited: the lists may go on for ever, or end while their devices are still served.
  follow().catch(failed);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  for (const { stop } of served.values()) stop.abort();
  await Promise.all([...served.values()].map(({ done }) => done));
}

const retainedBy = (device: Device) => [...topicsOf(device).values(), availabilityTopic(device.base)];
