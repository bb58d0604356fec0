import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ImportedImage } from "../../../sdk/importedImage";
import { Registry } from "../../../sdk/registry";
import { mockEngine, outputValue } from "./mocks";

const digest = `sha256:${"b".repeat(64)}`;
const source = { image: "docker.io/library/alpine:3.20" };
const common = { registry: "localhost:5000", repository: "mirror/alpine", tags: ["3.20", "latest"], source };

describe("ImportedImage", () => {
  const registrationOf = mockEngine({ digest });

  it("is of a type that states name, so it never changes", async () => {
    const { type } = await registrationOf(new ImportedImage("type", common));
    assert.equal(type, "pulumi-nodejs:dynamic/multiarch:ImportedImage");
  });

  it("registers what it was given and its URN", async () => {
    const given = { follow: false, attestations: "drop", onDelete: "delete" } as const;
    const { inputs } = await registrationOf(new ImportedImage("given", { ...common, ...given }));
    assert.deepEqual(inputs, {
      __provider: "exports.handler=()=>require('pulumi-multiarch/provider').importedImage;",
      resourceUrn: "urn:pulumi:stack::project::pulumi-nodejs:dynamic/multiarch:ImportedImage::given",
      ...common,
      ...given,
      registry: { address: "localhost:5000" },
    });
  });

  it("registers its platforms under another name than the output's", async () => {
    const { inputs } = await registrationOf(new ImportedImage("some", { ...common, platforms: ["linux/arm64"] }));
    assert.deepEqual([inputs["selectedPlatforms"], inputs["platforms"]], [["linux/arm64"], undefined]);
  });

  it("takes apart the registry of its source", async () => {
    const registry = new Registry("source", { address: "localhost:5001", plainHttp: true });
    const args = { ...common, source: { image: "localhost:5001/alpine:3.20", registry } };
    const { inputs } = await registrationOf(new ImportedImage("elsewhere", args));
    assert.deepEqual(inputs["source"], {
      image: "localhost:5001/alpine:3.20",
      registry: { address: "localhost:5001", plainHttp: true },
    });
  });

  it("has a reference by digest", async () => {
    const { ref } = new ImportedImage("ref", { ...common, registry: pulumi.output("localhost:5000") });
    assert.equal(await outputValue(ref), `localhost:5000/mirror/alpine@${digest}`);
  });

  it("has a reference for each of its tags", async () => {
    const { tagRefs } = new ImportedImage("tags", common);
    assert.deepEqual(await outputValue(tagRefs), [
      "localhost:5000/mirror/alpine:3.20",
      "localhost:5000/mirror/alpine:latest",
    ]);
  });

  it("is read by its id, which tells registry, repository and tag", async () => {
    const { inputs } = await registrationOf(ImportedImage.get("read", "localhost:5000/mirror/alpine:3.20"));
    const { registry, repository, tags } = { registry: {}, repository: "", tags: [], ...inputs };
    assert.deepEqual([registry, repository, tags], [{ address: "localhost:5000" }, "mirror/alpine", ["3.20"]]);
  });

  it("is not read by what is no id", () => {
    assert.throws(() => ImportedImage.get("none", "localhost:5000/alpine"), /is not the id of a ImportedImage/);
  });
});
