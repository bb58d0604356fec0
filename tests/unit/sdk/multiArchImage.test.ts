import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { Registry } from "../../../sdk/registry";
import { mockEngine, outputValue } from "./mocks";

const digest = `sha256:${"b".repeat(64)}`;
const common = { registry: "localhost:5000", repository: "team/server", tags: ["1.4.0", "latest"], images: [":arm64"] };

describe("MultiArchImage", () => {
  const registrationOf = mockEngine({ digest, platforms: { "linux/arm64": digest } });

  it("is of a type that states name, so it never changes", async () => {
    const { type } = await registrationOf(new MultiArchImage("type", common));
    assert.equal(type, "pulumi-nodejs:dynamic/multiarch:MultiArchImage");
  });

  it("registers what it was given and its URN", async () => {
    const given = { annotations: { title: "Server" }, format: "oci", requiredPlatforms: ["linux/arm64"] } as const;
    const { inputs } = await registrationOf(
      new MultiArchImage("given", { ...common, ...given, requiredPlatforms: ["linux/arm64"] }),
    );
    assert.deepEqual(inputs, {
      __provider: "exports.handler=()=>require('pulumi-multiarch/provider').multiArchImage;",
      resourceUrn: "urn:pulumi:stack::project::pulumi-nodejs:dynamic/multiarch:MultiArchImage::given",
      ...common,
      ...given,
      registry: { address: "localhost:5000" },
    });
  });

  it("takes apart the registries of its sources", async () => {
    const sourceRegistries = ["docker.io", new Registry("source", { address: "localhost:5001", plainHttp: true })];
    const { inputs } = await registrationOf(new MultiArchImage("sources", { ...common, sourceRegistries }));
    assert.deepEqual(inputs["sourceRegistries"], [
      { address: "docker.io" },
      { address: "localhost:5001", plainHttp: true },
    ]);
  });

  it("has a reference by digest", async () => {
    const { ref } = new MultiArchImage("ref", { ...common, registry: pulumi.output("localhost:5000") });
    assert.equal(await outputValue(ref), `localhost:5000/team/server@${digest}`);
  });

  it("has a reference for each of its tags", async () => {
    const { tagRefs } = new MultiArchImage("tags", { ...common, tags: pulumi.output(common.tags) });
    assert.deepEqual(await outputValue(tagRefs), [
      "localhost:5000/team/server:1.4.0",
      "localhost:5000/team/server:latest",
    ]);
  });

  it("has a reference by digest for each of its platforms", async () => {
    const { platformRefs } = new MultiArchImage("platforms", common);
    assert.deepEqual(await outputValue(platformRefs), { "linux/arm64": `localhost:5000/team/server@${digest}` });
  });

  it("is read by its id, which tells registry, repository and tag", async () => {
    const { inputs } = await registrationOf(MultiArchImage.get("read", "localhost:5000/team/server:1.4.0"));
    const { registry, repository, tags } = { registry: {}, repository: "", tags: [], ...inputs };
    assert.deepEqual([registry, repository, tags], [{ address: "localhost:5000" }, "team/server", ["1.4.0"]]);
  });

  for (const id of ["server", "localhost:5000/team/server", "localhost:5000/team/server@sha256:0"]) {
    it(`is not read by ${id}, which is no id`, () => {
      assert.throws(() => MultiArchImage.get("none", id), /is not the id of a MultiArchImage/);
    });
  }
});
