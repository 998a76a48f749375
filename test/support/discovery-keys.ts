import * as is from "./discovery-kinds.ts";

/** The platforms Home Assistant accepts in a device document, §2; a tombstone may name any of them. */
export const knownPlatforms = [
  ...["alarm_control_panel", "binary_sensor", "button", "camera", "climate", "cover", "date", "datetime"],
  ...["device_automation", "device_tracker", "event", "fan", "humidifier", "image", "infrared", "lawn_mower", "light"],
  ...["lock", "notify", "number", "scene", "siren", "select", "sensor", "switch", "tag", "text", "time", "update"],
  ...["vacuum", "valve", "water_heater"],
];

/** §3.3, at the root or in a component. */
export const availability: is.Keys = {
  availability: is.objects,
  availability_mode: is.oneOf("all", "any", "latest"),
  availability_topic: is.subscribed,
  availability_template: is.template,
  payload_available: is.text,
  payload_not_available: is.text,
};

/** §3.1 */
export const rootKeys: is.Keys = {
  device: is.object,
  origin: is.object,
  components: is.object,
  ...availability,
  state_topic: is.subscribed,
  command_topic: is.published,
  qos: is.qos,
  encoding: is.text,
};

/** What a component that lacks one of these keys takes from the root. */
export const inherited = [...Object.keys(availability), "state_topic", "command_topic"];

/** §3.2 */
export const deviceKeys: is.Keys = {
  identifiers: is.identifiers,
  connections: is.connections,
  name: is.words,
  manufacturer: is.text,
  model: is.text,
  model_id: is.text,
  hw_version: is.text,
  sw_version: is.text,
  serial_number: is.text,
  suggested_area: is.text,
  configuration_url: is.link,
  via_device: is.words,
};

/** §3.1 */
export const originKeys: is.Keys = { name: is.words, sw_version: is.text, support_url: is.link };

/** §3.3 */
export const availabilityKeys: is.Keys = {
  topic: is.subscribed,
  payload_available: is.text,
  payload_not_available: is.text,
  value_template: is.template,
};

/** §3.3: keys of every entity. */
export const common: is.Keys = {
  platform: is.text,
  unique_id: is.words,
  default_entity_id: is.text,
  name: is.orNull(is.words),
  ...availability,
  enabled_by_default: is.flag,
  entity_category: is.oneOf("config", "diagnostic"),
  icon: is.icon,
  entity_picture: is.url,
  json_attributes_topic: is.subscribed,
  json_attributes_template: is.template,
  qos: is.qos,
  encoding: is.text,
  group: is.texts,
};

/** Keys of entities that show one state. */
export const state: is.Keys = { state_topic: is.subscribed, value_template: is.template };
/** Keys of entities that take commands on one topic. */
export const command: is.Keys = {
  command_topic: is.published,
  command_template: is.template,
  retain: is.flag,
  message_expiry_interval: is.duration,
};
/** The two words of what is on or off. */
export const onOff: is.Keys = { payload_on: is.text, payload_off: is.text };
