import assert from "node:assert/strict";
import { multiArchImageLifecycle } from "../../../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../../../provider/resources/platformImage/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";
import { registryLifecycle } from "../../../../provider/resources/registry";
import { diffProperties } from "../../../../provider/resources/tagged/diff";
import { startProcess } from "../../../support/context";

const inputs: PropertyBag = {
  __provider: "text",
  registry: { address: "localhost:5000" },
  repository: "team/server",
  tags: ["1.0"],
  images: [":a"],
  digest: `sha256:${"a".repeat(64)}`,
  platforms: { "linux/amd64": `sha256:${"b".repeat(64)}` },
  source: { files: { "/server": "out/server" } },
  platform: "linux/amd64",
};
const state: PropertyBag = {
  ...inputs,
  manifest: "{}",
  record: { managed: { "1.0": `sha256:${"a".repeat(64)}` } },
  createdTags: ["1.0"],
  adoptedTags: [],
};

const diffOf = (changed: PropertyBag, old = state) =>
  multiArchImageLifecycle.diff(context, "id", old, { ...inputs, ...changed });
const { context } = startProcess();
const other = { registry: { address: "localhost:5001" } };

describe("a difference", () => {
  it("is none between what was written and what is wanted, whatever only create and update write", async () => {
    assert.deepEqual(await diffOf({}), { changes: false, replaces: [] });
  });

  for (const changed of [
    { onDelete: "retain" },
    { onConflict: "overwrite" },
    { reconcile: "onRefresh" },
    { tags: ["1.0", "latest"] },
    { images: [":b"] },
    { digest: `sha256:${"c".repeat(64)}` },
    { platforms: {} },
    { subject: `sha256:${"c".repeat(64)}` },
    { childTag: "{tag}-{arch}" },
    { sourceRegistries: [{ address: "docker.io" }] },
    { drift: { "1.0": "gone" } },
    { registry: { address: "localhost:5000", plainHttp: true } },
    { registry: { address: "localhost:5000", caCertificate: "pem" } },
    { registry: { address: "localhost:5000", authRealms: ["auth.example.com"] } },
    { registry: { address: "localhost:5000", timeoutSeconds: 5 } },
    { registry: { address: "localhost:5000", credentials: { username: "ci", passwordEnv: "PASSWORD" } } },
    { images: unknownValue },
  ]) {
    it(`is made by ${JSON.stringify(changed)}, without a replacement`, async () => {
      const { changes, replaces } = await diffOf(changed);
      assert.deepEqual([changes, replaces], [true, []]);
    });
  }

  it("is made by an input that is not there any more", async () => {
    assert.equal((await diffOf({}, { ...state, onDelete: "retain" })).changes, true);
  });

  it("is made by drift that a refresh has recorded, though state and inputs agree on it", async () => {
    const drift = { "1.0": "gone" };
    assert.equal((await diffOf({ drift }, { ...state, drift })).changes, true);
  });

  it("is made by drift in the state alone", async () => {
    assert.equal((await diffOf({}, { ...state, drift: { "linux/amd64": "gone" } })).changes, true);
  });

  it("is not made by another path of equal content, nor by another text that finds the provider", async () => {
    assert.equal(
      (await diffOf({ source: { files: { "/server": "elsewhere/server" } }, __provider: "other" })).changes,
      false,
    );
  });

  it("replaces for another registry address, and creates first", async () => {
    assert.deepEqual(await diffOf(other), { changes: true, replaces: ["registry"] });
  });

  it("replaces for another repository, and creates first", async () => {
    assert.deepEqual(await diffOf({ repository: "team/other" }), {
      changes: true,
      replaces: ["repository"],
    });
  });

  it("of a PlatformImage replaces for the same two things only", async () => {
    assert.deepEqual((await platformImageLifecycle.diff(context, "id", state, { ...inputs, ...other })).replaces, [
      "registry",
    ]);
    assert.deepEqual(
      (await platformImageLifecycle.diff(context, "id", state, { ...inputs, tag: "b", platform: "linux/arm64" }))
        .replaces,
      [],
    );
  });

  it("of a Registry replaces for its address only, and a new password is a change", async () => {
    const registry = { address: "a", credentials: { username: "ci", password: "one" } };
    const diff = (changed: PropertyBag) => registryLifecycle.diff(context, "a", registry, { ...registry, ...changed });
    assert.deepEqual(await diff({}), { changes: false, replaces: [] });
    assert.deepEqual((await diff({ address: "b" })).replaces, ["address"]);
    assert.deepEqual(await diff({ credentials: { username: "ci", password: "two" } }), {
      changes: true,
      replaces: [],
    });
  });

  it("counts only those names as outputs that it is told", async () => {
    assert.equal(diffProperties({ a: 1 }, {}, new Set(["a"])).changes, false);
    assert.equal(diffProperties({ a: 1 }, {}, new Set()).changes, true);
  });
});
