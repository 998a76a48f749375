import type { Device } from "./device.ts";
import { availabilityTopic } from "./homeassistant.ts";
import { type House, serve, topicsOf } from "./serve.ts";

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
  lists: AsyncIterable<readonly Device[]>,
  house: House,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  const served = new Map<string, Served>();

  async function remove(key: string, { device, stop, done }: Served, gone: boolean): Promise<void> {
    stop.abort();
    await done;
    served.delete(key);
    if (!gone) return;
    (await house.discovery)?.withdraw(key);
    house.metrics.forget("mqtt_things_device_up", { device: key });
    const topics = [...topicsOf(device).values(), availabilityTopic(device.base)];
    for (const topic of topics) house.mqtt.publish("state", topic, "");
  }

  async function follow(): Promise<void> {
    let first = true;
    for await (const list of lists) {
      if (signal.aborted) return;
      if (first) void house.discovery?.then((discovery) => discovery.keepOnly(list.map(({ info }) => info.key)));
      first = false;
      const wanted = new Map(list.map((device) => [device.info.key, device]));
      for (const [key, known] of served) {
        if (wanted.get(key) !== known.device) await remove(key, known, !wanted.has(key));
      }
      for (const [key, device] of wanted) {
        if (served.has(key) || signal.aborted) continue;
        const stop = new AbortController();
        const done = serve(device, house, AbortSignal.any([signal, stop.signal])).catch(failed);
        served.set(key, { device, stop, done });
      }
    }
  }

  // Not awaited: the lists may go on for ever, or end while their devices are still served.
  follow().catch(failed);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await Promise.all([...served.values()].map(({ done }) => done));
}
