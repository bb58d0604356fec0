import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PlatformImage, type PlatformImageArgs } from "../../../sdk/platformImage";
import { mockEngine, outputValue } from "./mocks";

const digest = `sha256:${"a".repeat(64)}`;
const common: PlatformImageArgs = {
  registry: "localhost:5000",
  repository: "team/server",
  platform: "linux/arm64",
  source: { ociLayout: "out/arm64" },
};

describe("PlatformImage", () => {
  const registrationOf = mockEngine({ digest });

  it("is of a type that states name, so it never changes", async () => {
    const { type } = await registrationOf(new PlatformImage("type", common));
    assert.equal(type, "pulumi-nodejs:dynamic/multiarch:PlatformImage");
  });

  it("registers what it was given and its URN", async () => {
    const { inputs } = await registrationOf(new PlatformImage("given", { ...common, tag: "1.4.0-arm64" }));
    assert.deepEqual(inputs, {
      __provider: "exports.handler=()=>require('pulumi-multiarch/provider').platformImage;",
      resourceUrn: "urn:pulumi:stack::project::pulumi-nodejs:dynamic/multiarch:PlatformImage::given",
      ...common,
      registry: { address: "localhost:5000" },
      tag: "1.4.0-arm64",
    });
  });

  it("tells the provider which variables are secret, so that it can refuse them", async () => {
    const env = { PATH: "/usr/bin", PASSWORD: pulumi.secret("canary") };
    const source = { files: { "/usr/bin/server": "server" }, config: { env } };
    const { inputs } = await registrationOf(new PlatformImage("environment", { ...common, source }));
    assert.deepEqual(inputs["secretEnvironment"], ["PASSWORD"]);
  });

  it("has a reference by digest", async () => {
    const { ref } = new PlatformImage("ref", { ...common, registry: pulumi.output("localhost:5000") });
    assert.equal(await outputValue(ref), `localhost:5000/team/server@${digest}`);
  });

  it("is known from other resources", () => {
    const image = new PlatformImage("instance", common);
    assert.deepEqual([image, "localhost:5000/team/server", { descriptor: {} }].map(PlatformImage.isInstance), [
      true,
      false,
      false,
    ]);
  });
});

describe("PlatformImage in a preview", () => {
  const registrationOf = mockEngine({}, true);

  it("is not held up by a secret environment that is not known yet", async () => {
    const { configDigest } = new PlatformImage("base", common);
    const env = pulumi.secret(configDigest.apply((value) => ({ BASE: value })));
    const source = { files: { "/usr/bin/server": "server" }, config: { env } };
    const { name } = await registrationOf(new PlatformImage("later", { ...common, source }));
    assert.equal(name, "later");
  });
});
