import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { flattenImage, type ImageInput } from "../../../sdk/imageInput";
import { PlatformImage } from "../../../sdk/platformImage";
import { mockEngine, outputValue } from "./mocks";

const descriptor = { mediaType: "manifest", digest: `sha256:${"c".repeat(64)}`, size: 405 };
const flat = { descriptor, attestationManifests: [], address: "localhost:5000", repository: "team/server" };

function image(name: string): PlatformImage {
  const { address: registry, repository } = flat;
  const source = { ociLayout: "out" };
  return new PlatformImage(name, { registry, repository, platform: "linux/arm64", source });
}

describe("flattenImage", () => {
  mockEngine({ descriptor, attestationManifests: [] });
  const reference = "localhost:5000/team/server:arm64";
  const said = { platform: "linux/arm64/v8", annotations: { title: "Server" } };

  const cases: Readonly<Record<string, [() => ImageInput, unknown]>> = {
    "keeps a reference": [() => reference, reference],
    "keeps a reference that comes as an output": [() => pulumi.output(reference), reference],
    "keeps a reference that comes as a promise": [() => Promise.resolve(reference), reference],
    "keeps what is said of a reference": [() => ({ image: reference, ...said }), { image: reference, ...said }],
    "takes a PlatformImage apart": [() => image("apart"), flat],
    "takes a PlatformImage apart of which something is said": [
      () => ({ image: image("said"), ...said }),
      { image: flat, ...said },
    ],
  };
  for (const [title, [input, expected]] of Object.entries(cases)) {
    it(title, async () => {
      assert.deepEqual(await outputValue(pulumi.output(flattenImage(input()))), expected);
    });
  }
});
