import assert from "node:assert/strict";
import { expandInputs } from "../../../../provider/host/inputs/expand";
import { inputShapes } from "../../../../provider/host/inputs/shapes";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";

const registry = { address: "localhost:5000", plainHttp: true };
const target = { registry, repository: "team/server" };
const digest = `sha256:${"a".repeat(64)}`;
const files = { "/a": "a" };
const sourceOf = (source: unknown, more: PropertyBag = {}) =>
  expand("PlatformImage", { ...target, source, ...more })["source"];

function expand(kind: string, inputs: PropertyBag): PropertyBag {
  const shape = inputShapes.resources[kind];
  assert.ok(shape, kind);
  return expandInputs(shape, inputs);
}

describe("expandInputs", () => {
  it("makes a connection of an address, wherever a registry can stand", () => {
    const source = { image: "alpine", registry: "docker.io" };
    const inputs = { registry: "localhost:5000", source, sourceRegistries: ["quay.io", registry] };
    assert.deepEqual(expand("MultiArchImage", inputs), {
      ...inputs,
      registry: { address: "localhost:5000" },
      sourceRegistries: [{ address: "quay.io" }, registry],
    });
    assert.deepEqual(sourceOf(source), { image: "alpine", registry: { address: "docker.io" } });
  });

  const own = { image: "localhost:5000/team/server:candidate", registry };
  const cases: Readonly<Record<string, readonly [source: unknown, long: unknown]>> = {
    "a reference alone": ["alpine:3.20", { image: "alpine:3.20" }],
    "a tag of the resource's own repository": [":candidate", own],
    "a digest of it": [`@${digest}`, { image: `localhost:5000/team/server@${digest}`, registry }],
    "a tag of it with more beside it": [
      { image: ":candidate", attestations: "drop" },
      { ...own, attestations: "drop" },
    ],
    "a base in it": [
      { files, base: ":candidate" },
      { files, base: own },
    ],
    "a base in it with its registry": [
      { files, base: { image: ":candidate", registry: "localhost:5000" } },
      { files, base: { ...own, registry: { address: "localhost:5000" } } },
    ],
    "what is long already": [
      { files, base: "alpine:3.20" },
      { files, base: "alpine:3.20" },
    ],
    "what is not known yet": [unknownValue, unknownValue],
  };
  for (const [title, [source, long]] of Object.entries(cases))
    it(`writes out a source: ${title}`, () => assert.deepEqual(sourceOf(source), long));

  it("does not know a tag of a repository that is not known yet", () => {
    assert.deepEqual(sourceOf(":candidate", { repository: unknownValue }), { image: unknownValue, registry });
  });

  it("leaves the images of an index to the index", () => {
    const images = [":candidate", { image: ":candidate" }];
    assert.deepEqual(expand("MultiArchImage", { ...target, images })["images"], images);
  });
});
