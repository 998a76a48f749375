"""Prints what pip has to install for these integrations, and for those that Home Assistant always loads."""

import json
import pathlib
import sys

import homeassistant
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

components = pathlib.Path(homeassistant.__path__[0]) / "components"
wanted = [*DEFAULT_INTEGRATIONS, *sys.argv[1:]]
manifests = {}
while wanted:
    name = wanted.pop()
    if name not in manifests:
        manifests[name] = json.loads((components / name / "manifest.json").read_text())
        wanted += manifests[name].get("dependencies", [])
print("\n".join(sorted({one for manifest in manifests.values() for one in manifest.get("requirements", [])})))
