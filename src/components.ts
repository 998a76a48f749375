/** What every component has. */
export interface Shared {
  unique_id: string;
  name: string;
  icon?: string;
  entity_category?: "config" | "diagnostic";
  availability?: { topic: string }[];
  qos: 1;
}

/** What a platform that publishes commands has in common (§3.3); the expiry is a second line behind S12. */
export interface Commanding {
  command_topic: string;
  retain: false;
  message_expiry_interval: { seconds: number };
}

/** The components of a device document (§6), by platform: a key that Home Assistant does not know can't be written. */
export type Component =
  | (Shared &
      Commanding & {
        platform: "valve";
        state_topic: string;
        device_class: "water" | "gas";
        payload_open: string;
        payload_close: string;
        state_open: string;
        state_closed: string;
      })
  | (Shared & Commanding & { platform: "switch"; state_topic: string; payload_on: string; payload_off: string })
  | (Shared &
      Commanding & {
        platform: "number";
        state_topic: string;
        min: number;
        max: number;
        step: number;
        mode: "box";
        unit_of_measurement: string;
        device_class: string;
      })
  | (Shared & Commanding & { platform: "button"; payload_press: "PRESS" })
  | (Shared & {
      platform: "binary_sensor";
      state_topic: string;
      payload_on: string;
      payload_off: string;
      device_class: string;
    })
  | (Shared & {
      platform: "event";
      state_topic: string;
      event_types: string[];
      value_template: string;
      device_class?: string;
    })
  | (Shared & {
      platform: "sensor";
      state_topic: string;
      device_class?: string;
      unit_of_measurement?: string;
      state_class?: string;
      options?: readonly string[];
      suggested_display_precision?: number;
    });

/** A component that is only its platform removes the entity (§4). */
export interface Tombstone {
  platform: string;
}

/** A device document (§3.1). */
export interface DeviceDocument {
  device: {
    identifiers: string[];
    name: string;
    manufacturer: string;
    model: string;
    serial_number?: string;
    sw_version?: string;
    suggested_area?: string;
  };
  origin: { name: string; sw_version: string };
  availability: { topic: string }[];
  availability_mode: "all";
  components: Record<string, Component | Tombstone>;
}
