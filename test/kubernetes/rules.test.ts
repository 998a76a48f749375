import { expect, test } from "vitest";
import { readBase } from "./manifests.ts";
import { mistaken } from "./mistaken.ts";
import { ruleProblems } from "./rules.ts";

const sensors = "sensors-cli.yaml";
const port = "- { name: health, containerPort: 8080 }";
const another = (text: string) => `${port}\n            - { ${text} }`;

test.each([
  ["an amount without a unit", sensors, "memory: 128Mi", "memory: 128", /128 is an amount without a unit/],
  ["a resource that nobody has", sensors, "memory: 128Mi", "memroy: 128Mi", /memroy is neither/],
  ["more than the limit", sensors, "memory: 80Mi", "memory: 1Gi", /more memory is requested/],
  ["a port with two numbers", sensors, port, another("name: health, containerPort: 81"), /port health is there twice/],
  ["a port with two names", sensors, port, another("name: again, containerPort: 8080"), /port 8080 is there twice/],
  [
    "a name that no port can have",
    sensors,
    port,
    another("name: more-than-15-long, containerPort: 81"),
    /no port can be/,
  ],
  ["a port that there is not", sensors, "containerPort: 8080", "containerPort: 80800", /no port 80800/],
  ["a variable that hides another", sensors, "_MQTT_PASSWORD", "_MQTT_USERNAME", /_USERNAME is there twice/],
  ["two volumes at one place", sensors, "/run/secrets/hue,", "/srv/config,", /mount \/srv\/config is there twice/],
  ["a place that is none", sensors, "mountPath: /srv/config", "mountPath: srv:config", /nothing can be mounted/],
  ["an image that is none", sensors, "mqtt-things-sensors-cli:", "mqtt things:", /no image/],
  ["a name that no object can have", sensors, "sensors-cli-deployment", "Sensors_cli", /no name for an object/],
  [
    "a label that is none",
    sensors,
    "labels: { app: sensors-cli }\nspec",
    "labels: { app: a b }\nspec",
    /can't be "a b"/,
  ],
  ["a probe before the start", sensors, "periodSeconds: 30", "periodSeconds: -30", /a time that can't be/],
  ["a life that takes two answers", sensors, "periodSeconds: 30", "successThreshold: 2", /at once or never/],
  [
    "a probe that asks in two ways",
    sensors,
    "path: /livez, port: health }",
    "path: /livez, port: health }\n            tcpSocket: { port: health }",
    /asks in 2 ways/,
  ],
  [
    "a pod that is not started again",
    sensors,
    "enableServiceLinks",
    "restartPolicy: Never\n      enableServiceLinks",
    /always/,
  ],
  ["a broker by its name", "mqtt-broker.yaml", "192.168.137.253", "broker.lan", /no address/],
  ["a broker on the node itself", "mqtt-broker.yaml", "192.168.137.253", "127.0.0.1", /no address/],
])("%s is caught, though no field is unknown", (_, name, right, wrong, problem) => {
  const manifests = mistaken(name, right, wrong);
  expect(ruleProblems(manifests).join("\n")).toMatch(problem);
  expect(ruleProblems(readBase())).toEqual([]);
});
