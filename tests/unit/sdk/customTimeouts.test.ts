import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { callTimeouts, withCustomTimeouts } from "../../../sdk/customTimeouts";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { PlatformImage } from "../../../sdk/platformImage";
import { Registry } from "../../../sdk/registry";
import { mockEngine } from "./mocks";

const address = "registry.example.com";

describe("withCustomTimeouts", () => {
  const cases: readonly (readonly [string, pulumi.CustomTimeouts, number | undefined])[] = [
    ["seconds", { create: "30s" }, 30],
    ["minutes", { update: "0.75m" }, 45],
    ["several units", { delete: "0.005h30s" }, 48],
    ["fractions", { create: "1.5s" }, 1.5],
    ["milliseconds", { create: "1s500ms" }, 1.5],
    ["the longest of create, update and delete", { create: "30s", update: "50s", delete: "40s" }, 50],
    ["nothing, when there are none", {}, undefined],
    ["nothing of the time-out for read", { read: "5m" }, undefined],
    ["nothing of a text that is no duration", { create: "5 minutes" }, undefined],
    ["nothing of a number without unit", { create: "30" }, undefined],
  ];
  for (const [title, customTimeouts, timeoutSeconds] of cases) {
    it(`understands ${title}`, () => {
      assert.equal(withCustomTimeouts({ address }, { customTimeouts }).timeoutSeconds, timeoutSeconds);
    });
  }

  for (const create of ["60s", "30m", "1h30m"])
    it(`lets a registry be silent for no longer than by default, however long the whole may take: ${create}`, () => {
      assert.deepEqual(withCustomTimeouts({ address }, { customTimeouts: { create } }), { address });
    });

  it("leaves a connection's own timeoutSeconds", () => {
    const connection = { address, timeoutSeconds: 5 };
    assert.deepEqual(withCustomTimeouts(connection, { customTimeouts: { create: "30s" } }), connection);
  });

  it("leaves a connection as it is without options", () => {
    assert.deepEqual(withCustomTimeouts({ address }), { address });
  });
});

describe("callTimeouts", () => {
  const cases: readonly (readonly [string, pulumi.CustomTimeouts | undefined, object])[] = [
    ["both calls", { create: "30m", update: "1h30m" }, { callTimeouts: { create: 1800, update: 5400 } }],
    ["the one that is bounded", { update: "90s" }, { callTimeouts: { update: 90 } }],
    ["nothing of a delete, before which no check is made", { delete: "5m" }, {}],
    ["nothing without them", undefined, {}],
    ["nothing of a text that is no duration", { create: "5 minutes" }, {}],
  ];
  for (const [title, customTimeouts, expected] of cases)
    it(`tells the provider ${title}`, () => {
      assert.deepEqual(callTimeouts(customTimeouts ? { customTimeouts } : {}), expected);
    });
});

describe("customTimeouts of", () => {
  const registrationOf = mockEngine({ digest: "sha256:0" });
  const opts = { customTimeouts: { create: "50s" } };
  const source = { files: { "/server": "server" } };
  const platformImage = (name: string, registry: Registry | string) =>
    new PlatformImage(name, { registry, repository: "team/server", platform: "linux/arm64", source }, opts);

  it("a Registry bound its requests", async () => {
    const { inputs } = await registrationOf(new Registry("own", { address }, opts));
    assert.equal(inputs["timeoutSeconds"], 50);
  });

  it("a PlatformImage bound its requests", async () => {
    const { inputs } = await registrationOf(platformImage("platform", address));
    assert.deepEqual(inputs["registry"], { address, timeoutSeconds: 50 });
  });

  it("a MultiArchImage bound its requests", async () => {
    const args = { registry: address, repository: "team/server", tags: ["1.4.0"], images: [":arm64"] };
    const { inputs } = await registrationOf(new MultiArchImage("index", args, opts));
    assert.deepEqual(inputs["registry"], { address, timeoutSeconds: 50 });
  });

  it("a resource give way to those of its Registry", async () => {
    const registry = new Registry("short", { address }, { customTimeouts: { create: "10s" } });
    const { inputs } = await registrationOf(platformImage("below", registry));
    assert.deepEqual(inputs["registry"], { address, timeoutSeconds: 10 });
  });
});
