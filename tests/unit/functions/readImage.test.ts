import assert, { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { readImage } from "../../../provider/functions/readImage";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { contentOf, imageOf, indexOf, repositoryOf } from "./fixtures";

const amd64 = imageOf({ os: "linux", architecture: "amd64" }, [1_000, 20]);
const arm64 = imageOf({ os: "linux", architecture: "arm64", variant: "v8" }, [300]);
const amd64Entry = { ...amd64.manifest.descriptor, platform: { os: "linux", architecture: "amd64" } };
const arm64Entry = { ...arm64.manifest.descriptor, platform: { os: "linux", architecture: "arm64" } };
const index = indexOf([arm64Entry, amd64Entry], { team: "größer" });
const all = { latest: index, amd64: amd64.manifest, arm64: arm64.manifest };

describe("readImage", () => {
  it("tells of an index its descriptor, annotations and exact text, and of each platform its image's parts", async () => {
    const { repository } = repositoryOf(all);
    const amd64Size = amd64.config.descriptor.size + 1_020;
    const arm64Size = arm64.config.descriptor.size + 300;
    deepStrictEqual(await readImage(repository, "latest"), {
      reference: "r.example/team/server:latest",
      descriptor: index.descriptor,
      platforms: {
        "linux/arm64": {
          digest: arm64Entry.digest,
          descriptor: arm64Entry,
          size: arm64Size,
          config: arm64.config.descriptor,
          layers: arm64.layers,
        },
        "linux/amd64": {
          digest: amd64Entry.digest,
          descriptor: amd64Entry,
          size: amd64Size,
          config: amd64.config.descriptor,
          layers: amd64.layers,
        },
      },
      attestations: [],
      others: [],
      annotations: { team: "größer" },
      manifest: Buffer.from(index.bytes).toString(),
    });
  });

  it("keeps the index's order of platforms", async () => {
    const { platforms } = await readImage(repositoryOf(all).repository, "latest");
    deepStrictEqual(Object.keys(platforms), ["linux/arm64", "linux/amd64"]);
  });

  it("costs one request for an index and one for each platform", async () => {
    const { repository, asked } = repositoryOf(all);
    await readImage(repository, "latest");
    deepStrictEqual(asked, ["latest", arm64Entry.digest, amd64Entry.digest]);
  });

  it("asks for all platforms' manifests at once", async () => {
    const { repository } = repositoryOf(all);
    const waiting: (() => void)[] = [];
    const getManifest = async (tagOrDigest: string) => {
      if (tagOrDigest !== "latest") await new Promise<void>((resolve) => void waiting.push(resolve));
      return repository.getManifest(tagOrDigest);
    };
    const read = readImage({ ...repository, getManifest }, "latest");
    await new Promise(setImmediate);
    strictEqual(waiting.length, 2);
    for (const answer of waiting) answer();
    await read;
  });

  it("leaves a platform's parts out when the repository does not have its manifest", async () => {
    const { repository } = repositoryOf({ latest: index, amd64: amd64.manifest });
    const { platforms } = await readImage(repository, "latest");
    deepStrictEqual(platforms["linux/arm64"], { digest: arm64Entry.digest, descriptor: arm64Entry });
  });

  it("tells of an image manifest its parts, and itself under the platform of its config", async () => {
    const { repository, asked } = repositoryOf(all, [arm64.config]);
    const { platforms, config, layers, size } = await readImage(repository, "arm64");
    const { digest } = arm64.manifest.descriptor;
    deepStrictEqual(platforms, {
      "linux/arm64": { digest, descriptor: arm64.manifest.descriptor, size, config, layers },
    });
    deepStrictEqual(layers, arm64.layers);
    deepStrictEqual(asked, ["arm64", arm64.config.descriptor.digest]);
  });

  it("has no platform for an image whose config states none", async () => {
    const plain = imageOf({}, []);
    const { repository } = repositoryOf({ plain: plain.manifest }, [plain.config]);
    deepStrictEqual((await readImage(repository, "plain")).platforms, {});
  });

  it("does not ask for the config of an artifact", async () => {
    const artifact = contentOf(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: "application/vnd.example+json", digest: `sha256:${"0".repeat(64)}`, size: 2 },
      layers: [],
    });
    const { repository, asked } = repositoryOf({ chart: artifact });
    await readImage(repository, "chart");
    deepStrictEqual(asked, ["chart"]);
  });

  it("names an image by digest as it was asked for", async () => {
    const { digest } = amd64.manifest.descriptor;
    const { repository } = repositoryOf(all, [amd64.config]);
    strictEqual((await readImage(repository, digest)).reference, `r.example/team/server@${digest}`);
  });

  it("says of what is not there what to check", async () => {
    await rejects(readImage(repositoryOf({}).repository, "1.4.0"), {
      code: "ERR_NOT_FOUND",
      message:
        "r.example/team/server:1.4.0 is not there: r.example answered 404. Check the repository's name and the tag, " +
        "and that the credentials may see it: some registries hide what they may not.",
    });
  });

  it("security row 5: reports a child that is not of the kind that the index says, and reads none of its parts", async () => {
    const { repository } = repositoryOf({
      latest: indexOf([{ ...arm64Entry, mediaType: mediaTypes.dockerManifest }]),
      arm64: arm64.manifest,
    });
    const { platforms } = await readImage(repository, "latest");
    const [child] = Object.values(platforms);
    assert.match(child?.problem ?? "", /mediaType is .* but its descriptor or Content-Type says/);
    assert.equal(child?.layers, undefined);
  });
});
