import assert from "node:assert/strict";
import { difference } from "../../../provider/resources/difference";
import type { PropertyBag } from "../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../../provider/resources/platformImage/lifecycle";
import { registryLifecycle } from "../../../provider/resources/registry";
import { unknownValue } from "../../../provider/resources/unknown";

const inputs: PropertyBag = {
  __provider: "text",
  registry: { address: "localhost:5000" },
  repository: "team/server",
  tags: ["1.0"],
  images: [":a"],
  digest: `sha256:${"a".repeat(64)}`,
  platforms: { "linux/amd64": `sha256:${"b".repeat(64)}` },
  source: { files: { "/server": "out/server" } },
  schema: 1,
};
const state: PropertyBag = {
  ...inputs,
  manifest: "{}",
  createdTags: ["1.0"],
  adoptedTags: [],
  pushed: [],
  childTags: {},
};

const diffOf = (changed: PropertyBag, old = state) =>
  multiArchImageLifecycle.diff("id", old, { ...inputs, ...changed });
const other = { registry: { address: "localhost:5001" } };

describe("a difference", () => {
  it("is none between what was written and what is wanted, whatever only create and update write", () => {
    assert.deepEqual(diffOf({}), { changes: false, replaces: [], deleteBeforeReplace: true });
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
    { schema: 2 },
    { drift: { "1.0": "gone" } },
    { registry: { address: "localhost:5000", plainHttp: true } },
    { registry: { address: "localhost:5000", caCertificate: "pem" } },
    { registry: { address: "localhost:5000", authRealms: ["auth.example.com"] } },
    { registry: { address: "localhost:5000", timeoutSeconds: 5 } },
    { registry: { address: "localhost:5000", credentials: { username: "ci", passwordEnv: "PASSWORD" } } },
    { images: unknownValue },
  ]) {
    it(`is made by ${JSON.stringify(changed)}, without a replacement`, () => {
      const { changes, replaces } = diffOf(changed);
      assert.deepEqual([changes, replaces], [true, []]);
    });
  }

  it("is made by an input that is not there any more", () => {
    assert.equal(diffOf({}, { ...state, onDelete: "retain" }).changes, true);
  });

  it("is made by drift that a refresh has recorded, though state and inputs agree on it", () => {
    const drift = { "1.0": "gone" };
    assert.equal(diffOf({ drift }, { ...state, drift }).changes, true);
  });

  it("is made by drift in the state alone", () => {
    assert.equal(diffOf({}, { ...state, drift: { "linux/amd64": "gone" } }).changes, true);
  });

  it("is not made by another path of equal content, nor by another text that finds the provider", () => {
    assert.equal(diffOf({ source: { files: { "/server": "elsewhere/server" } }, __provider: "other" }).changes, false);
  });

  it("is not made by what the digest implies and earlier states did not tell", () => {
    assert.equal(diffOf({ withoutPlatform: { [`sha256:${"c".repeat(64)}`]: "no platform" } }).changes, false);
  });

  it("is made by a state of an earlier schema", () => {
    const { schema: _, ...earlier } = state;
    assert.equal(diffOf({}, earlier).changes, true);
  });

  it("replaces for another registry address, and creates first", () => {
    assert.deepEqual(diffOf(other), { changes: true, replaces: ["registry"], deleteBeforeReplace: false });
  });

  it("replaces for another repository, and creates first", () => {
    assert.deepEqual(diffOf({ repository: "team/other" }), {
      changes: true,
      replaces: ["repository"],
      deleteBeforeReplace: false,
    });
  });

  it("of a PlatformImage replaces for the same two things only", () => {
    assert.deepEqual(platformImageLifecycle.diff("id", state, { ...inputs, ...other }).replaces, ["registry"]);
    assert.deepEqual(
      platformImageLifecycle.diff("id", state, { ...inputs, tag: "b", platform: "linux/arm64" }).replaces,
      [],
    );
  });

  it("of a Registry replaces for its address only, and a new password is a change", () => {
    const registry = { address: "a", credentials: { username: "ci", password: "one" } };
    const diff = (changed: PropertyBag) => registryLifecycle.diff("a", registry, { ...registry, ...changed });
    assert.deepEqual(diff({}), { changes: false, replaces: [], deleteBeforeReplace: false });
    assert.deepEqual(diff({ address: "b" }).replaces, ["address"]);
    assert.deepEqual(diff({ credentials: { username: "ci", password: "two" } }), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
  });

  it("counts only those names as outputs that it is told", () => {
    assert.equal(difference({ a: 1 }, {}, new Set(["a"])).changes, false);
    assert.equal(difference({ a: 1 }, {}, new Set()).changes, true);
  });
});
