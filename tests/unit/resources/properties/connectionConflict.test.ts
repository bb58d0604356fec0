import assert from "node:assert/strict";
import { hasCode } from "../../../../provider/errors";
import { importedImageLifecycle } from "../../../../provider/resources/importedImage/lifecycle";
import type { Lifecycle } from "../../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../../../provider/resources/platformImage/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { startProcess } from "../../../support/context";

const address = "localhost:1";
const ours = { address, credentials: { username: "push", password: "hunter2" } };
const theirs = { address, credentials: { username: "pull", password: "hunter3" } };
const elsewhere = (more: PropertyBag) => ({ address: "r.example", ...more });
const own = `${address}/team/server:1.0`;
const other = `${address}/team/base:1.0`;
const base = { files: { "/etc/hostname": "/etc/hostname" } };

/** What a resource says of its own repository and of its source; the inputs that contradict each other, the second first. */
type Row = readonly [title: string, kind: Lifecycle, inputs: PropertyBag, paths: readonly string[]];

const index = (more: PropertyBag) => ({ tags: ["2.0"], ...more });
const refused: readonly Row[] = [
  [
    "two sourceRegistries of one address",
    multiArchImageLifecycle,
    index({ images: [other], sourceRegistries: [theirs, elsewhere({}), ours] }),
    ["sourceRegistries[2]", "sourceRegistries[0]", "credentials"],
  ],
  [
    "two sourceRegistries that trust different authorities",
    multiArchImageLifecycle,
    index({ images: [other], sourceRegistries: [elsewhere({ caCertificate: "one" }), elsewhere({ plainHttp: true })] }),
    ["sourceRegistries[1]", "sourceRegistries[0]", "plainHttp, caCertificate"],
  ],
  [
    "a source registry for an image of the index's own repository",
    multiArchImageLifecycle,
    index({ images: [own], sourceRegistries: [theirs] }),
    ["sourceRegistries[0]", "registry", "credentials"],
  ],
  [
    "the registry of a copy's source in its own repository",
    importedImageLifecycle,
    index({ source: { image: own, registry: theirs } }),
    ["source.registry", "registry", "credentials"],
  ],
  [
    "the registry of an image's source in its own repository",
    platformImageLifecycle,
    { platform: "linux/amd64", source: { image: own, registry: theirs } },
    ["source.registry", "registry", "credentials"],
  ],
  [
    "the registry of a base in the image's own repository",
    platformImageLifecycle,
    { platform: "linux/amd64", source: { ...base, base: { image: own, registry: theirs } } },
    ["source.base.registry", "registry", "credentials"],
  ],
];

const accepted: readonly (readonly [title: string, kind: Lifecycle, inputs: PropertyBag])[] = [
  ["equal ones", multiArchImageLifecycle, index({ images: [own], sourceRegistries: [ours, ours] })],
  [
    "another time-out alone",
    multiArchImageLifecycle,
    index({ images: [own], sourceRegistries: [{ ...ours, timeoutSeconds: 5 }] }),
  ],
  [
    "another login for another repository of the registry",
    multiArchImageLifecycle,
    index({ images: [other], sourceRegistries: [theirs] }),
  ],
  ["an address alone", importedImageLifecycle, index({ source: { image: own, registry: { address } } })],
];

/** Nothing listens at the address: a check that gets so far ends with that. */
async function failureOf(kind: Lifecycle, inputs: PropertyBag): Promise<unknown> {
  const { context } = startProcess();
  try {
    return await kind.check(context, {}, { registry: ours, repository: "team/server", ...inputs });
  } catch (error) {
    return error;
  }
}

describe("a check refuses two inputs that reach one repository in different ways, naming both and no secret", () => {
  for (const [title, kind, inputs, paths] of refused)
    it(title, async () => {
      const failure = await failureOf(kind, inputs);
      assert.ok(hasCode(failure, "ERR_INPUT_INVALID"), String(failure));
      assert.equal(failure.details.path, paths[0]);
      for (const path of paths) assert.ok(failure.message.includes(path), failure.message);
      assert.doesNotMatch(failure.message, /hunter/);
    });
});

describe("a check does not refuse", () => {
  for (const [title, kind, inputs] of accepted)
    it(title, async () => {
      const failure = await failureOf(kind, inputs);
      assert.ok(!hasCode(failure, "ERR_INPUT_INVALID"), String(failure));
    });
});
