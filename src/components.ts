/** Where something says whether it is available, and how. */
export interface Availability {
  topic: string;
  payload_available: "online";
  payload_not_available: "offline";
}

/** What every component has. */
export interface Shared {
  unique_id: string;
  name: string | null;
  icon?: string;
  entity_category?: "config" | "diagnostic";
  availability?: Availability[];
  qos: 1;
}

/** How a platform publishes commands (§3.3); the expiry is a second line behind S12. */
export interface Publishing {
  retain: false;
  message_expiry_interval: { seconds: number };
}

/** What a platform with one command has in common. */
export interface Commanding extends Publishing {
  command_topic: string;
}

/** §6.3; a feature is there where its topics are. */
export interface Climate {
  platform: "climate";
  modes: readonly string[];
  mode_command_topic: string;
  mode_state_topic: string;
  power_command_topic: string;
  payload_on: string;
  payload_off: string;
  temperature_unit: "C";
  temperature_command_topic?: string;
  temperature_state_topic?: string;
  min_temp?: number;
  max_temp?: number;
  temp_step?: number;
  precision?: 0.1 | 0.5 | 1;
  fan_modes?: readonly string[];
  fan_mode_command_topic?: string;
  fan_mode_state_topic?: string;
  swing_modes?: readonly string[];
  swing_mode_command_topic?: string;
  swing_mode_state_topic?: string;
  current_temperature_topic?: string;
  current_humidity_topic?: string;
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
  | (Shared & Publishing & Climate)
  | (Shared & Commanding & { platform: "button"; payload_press: "PRESS" })
  | (Shared & {
      platform: "binary_sensor";
      state_topic: string;
      payload_on: string;
      payload_off: string;
      device_class?: string;
      value_template?: string;
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
      value_template?: string;
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
  availability: Availability[];
  availability_mode: "all";
  components: Record<string, Component | Tombstone>;
}
