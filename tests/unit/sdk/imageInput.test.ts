import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { flattenImage, type ImageInput } from "../../../sdk/imageInput";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { PlatformImage } from "../../../sdk/platformImage";
import { mockEngine, outputValue } from "./mocks";

const descriptor = { mediaType: "manifest", digest: `sha256:${"c".repeat(64)}`, size: 405 };
const flat = { descriptor, attestationManifests: [], address: "localhost:5000", repository: "team/server" };

function image(name: string): PlatformImage {
  const { address: registry, repository } = flat;
  const source = { ociLayout: "out" };
  return new PlatformImage(name, { registry, repository, platform: "linux/arm64", source });
}

const indexReference = `localhost:5000/team/server@${descriptor.digest}`;

function index(name: string): MultiArchImage {
  return new MultiArchImage(name, { registry: flat.address, repository: flat.repository, tags: [], images: [":1.0"] });
}

class OtherImage extends pulumi.CustomResource {
  declare readonly ref: pulumi.Output<string>;
  declare readonly digest: pulumi.Output<string>;

  constructor(name: string) {
    super("docker-build:index:Image", name, { ref: "localhost:5000/team/server:1.0", digest: undefined });
  }
}

describe("flattenImage", () => {
  mockEngine({ descriptor, attestationManifests: [], digest: descriptor.digest });
  const reference = "localhost:5000/team/server:arm64";
  const said = { platform: "linux/arm64/v8", annotations: { title: "Server" } };

  const cases: Readonly<Record<string, [() => ImageInput, unknown]>> = {
    "keeps a reference": [() => reference, reference],
    "keeps a reference that comes as an output": [() => pulumi.output(reference), reference],
    "keeps a reference that comes as a promise": [() => Promise.resolve(reference), reference],
    "keeps what is said of a reference": [() => ({ image: reference, ...said }), { image: reference, ...said }],
    "takes the reference of an index": [() => index("index"), indexReference],
    "takes the reference of an index of which something is said": [
      () => ({ image: index("described"), ...said }),
      { image: indexReference, ...said },
    ],
    "takes an image of another provider with its digest, which is empty where its reference is not known": [
      () => new OtherImage("other"),
      { image: "localhost:5000/team/server:1.0", digest: descriptor.digest },
    ],
    "takes a PlatformImage apart": [() => image("apart"), flat],
    "takes a PlatformImage apart of which something is said": [
      () => ({ image: image("said"), ...said }),
      { image: flat, ...said },
    ],
  };
  for (const [title, [input, expected]] of Object.entries(cases)) {
    it(title, async () => {
      assert.deepEqual(await outputValue(pulumi.output(flattenImage(input(), "at"))), expected);
    });
  }
});
