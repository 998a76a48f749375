import { expect, test } from "vitest";
import { parseManifests, readBase } from "./manifests.ts";
import { mistaken } from "./mistaken.ts";
import { referenceProblems } from "./references.ts";
import { schemaProblems } from "./strict.ts";

const told = new Map([
  ["sprinklers-cli-mqtt", ["username", "password"]],
  ["smart-aircons-cli-mqtt", ["username", "password"]],
  ["sensors-cli-mqtt", ["username", "password"]],
  ["sensors-cli-hue", ["key"]],
]);

test.each([
  [
    "an unknown field",
    "sprinklers-cli.yaml",
    "nodeSelector:",
    "nodeSelecter:",
    /"nodeSelecter"' does not exist in type 'IPodSpec'/,
  ],
  ["an unknown field deep inside", "sensors-cli.yaml", "/readyz, port", "/readyz, Port", /Port/],
  ["a number that is a text", "sprinklers-cli.yaml", "replicas: 1", 'replicas: "1"', /replicas must be integer/],
  ["half a replica", "sprinklers-cli.yaml", "replicas: 1", "replicas: 1.5", /replicas must be integer/],
  ["a text that is a number", "mqtt-broker.yaml", "name: mqtt\n      port", "name: 1883\n      port", /must be string/],
  ["a field that is missing", "smart-aircons-cli.yaml", "name: smart-aircons-cli\n          image", "image", /name/],
  ["no such amount of memory", "sensors-cli.yaml", "memory: 128Mi", "memory: 128Mo", /quantity/],
  ["no such kind", "namespace.yaml", "kind: Namespace", "kind: NameSpace", /has no such kind/],
  ["another version", "sprinklers-cli.yaml", "apiVersion: apps/v1", "apiVersion: apps/v1beta1", /has no such kind/],
])("%s is caught", async (_, name, right, wrong, problem) => {
  expect((await schemaProblems(mistaken(name, right, wrong))).join("\n")).toMatch(problem);
});

const ours = "matchLabels: { app: sprinklers-cli }";
test.each([
  ["a selector that matches nothing", "sprinklers-cli.yaml", ours, "matchLabels: { app: sprinkler }", /matches no pod/],
  [
    "a Service whose selector matches nothing",
    "mqtt-broker.yaml",
    "  ports:\n    - name: mqtt\n      port: 1883\n---",
    "  selector: { app: broker }\n  ports:\n    - name: mqtt\n      port: 1883\n---",
    /matches no pod/,
  ],
  [
    "a file that its ConfigMap has not",
    "sensors-cli.yaml",
    "sensors.yaml: |",
    "sensor.yaml: |",
    /there is no file \/srv\/config\/sensors.yaml/,
  ],
  [
    "a key that its Secret has not",
    "sensors-cli.yaml",
    "key: password",
    "key: passwort",
    /make passwort in Secret sensors-cli-mqtt/,
  ],
  [
    "a ConfigMap that is not there",
    "sensors-cli.yaml",
    "configMap: { name: sensors-cli-config-map }",
    "configMap: { name: sensors }",
    /there is no ConfigMap sensors/,
  ],
  [
    "a file that is in no volume",
    "sensors-cli.yaml",
    '"/srv/config/sensors.yaml"',
    '"/etc/sensors.yaml"',
    /there is no file \/etc\/sensors.yaml/,
  ],
  [
    "what nobody checks",
    "sensors-cli.yaml",
    "secretName: sensors-cli-hue",
    "secretName: sensors-cli-hue, items: [{ key: keys, path: key }]",
    /items, which nobody checks/,
  ],
  [
    "a pod on its node's own network",
    "sensors-cli.yaml",
    "enableServiceLinks",
    "hostNetwork: true\n      enableServiceLinks",
    /hostNetwork/,
  ],
  [
    "a selector that matches nothing by its expressions",
    "sensors-cli.yaml",
    "matchLabels: { app: sensors-cli }",
    "matchLabels: { app: sensors-cli }\n    matchExpressions: [{ key: app, operator: In, values: [nobody] }]",
    /expressions/,
  ],
  [
    "a start probe on another port",
    "sensors-cli.yaml",
    "resources:",
    "startupProbe: { tcpSocket: { port: mqtt } }\n          resources:",
    /a port mqtt that it has not/,
  ],
  ["a Secret that nobody makes", "sensors-cli.yaml", "sensors-cli-hue", "hue", /make Secret hue/],
  [
    "a volume that is not there",
    "sensors-cli.yaml",
    "{ name: hue, mountPath",
    "{ name: hues, mountPath",
    /there is no volume hues/,
  ],
  [
    "a volume that nobody mounts",
    "sensors-cli.yaml",
    "            - { name: hue, mountPath: /run/secrets/hue, readOnly: true }\n",
    "",
    /nobody mounts the volume hue/,
  ],
  [
    "a probe on another port",
    "sensors-cli.yaml",
    "path: /livez, port: health",
    "path: /livez, port: http",
    /a port http that it has not/,
  ],
  [
    "Endpoints with another port",
    "mqtt-broker.yaml",
    "- name: mqtt\n        port: 1883",
    "- name: mqtts\n        port: 8883",
    /have a port 1883 called mqtt/,
  ],
  ["another namespace", "sensors-cli.yaml", "namespace: mqtt-things", "namespace: mqtt", /there is no namespace mqtt/],
  ["a variable that is not there", "sensors-cli.yaml", "config/sensors.yaml", "config/$(WHO).yaml", /names a variable/],
  [
    "a privileged container without privileges",
    "sprinklers-cli.yaml",
    "privileged: true",
    "allowPrivilegeEscalation: false\n            privileged: true",
    /privileged/,
  ],
])("%s is caught, though every type is right", async (_, name, right, wrong, problem) => {
  const manifests = mistaken(name, right, wrong);
  expect(referenceProblems(manifests, told).join("\n")).toMatch(problem);
  expect(referenceProblems(readBase(), told)).toEqual([]);
});

test("a key that is there twice is caught", () => {
  expect(() => parseManifests("kind: Namespace\nkind: Service\n")).toThrow(/unique/);
});

test("a second container, which might be privileged, is caught", () => {
  const second = "initContainers: [{ name: second, image: second, securityContext: { privileged: true } }]";
  const manifests = mistaken("sensors-cli.yaml", "containers:", `${second}\n      containers:`);
  expect(() => referenceProblems(manifests, told)).toThrow(/has not one container/);
});
