import assert from "node:assert/strict";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import type { Registry } from "../../support/registries";
import { newTestRepository, type TestRepository } from "./repository";
import { seedAttestation, seedIndex } from "./seed";

/** What {@link ImportPlace.seed} pushed; digests, but for the index. */
export interface SeededIndex {
  readonly index: Descriptor;
  /** For linux/amd64 and linux/arm64. */
  readonly images: readonly string[];
  /** One about each image. */
  readonly attestations: readonly string[];
  /** Everything that the index lists. */
  readonly all: readonly string[];
}

/** A repository that images are copied into, and another one that they are copied from. */
export interface ImportPlace {
  readonly ours: TestRepository;
  readonly theirs: TestRepository;
  /** The `source` input that leads to a tag or digest of theirs. */
  sourceAt(tagOrDigest: string): PropertyBag;
  /** The inputs that copy `built` to `1.0`. */
  program(more?: PropertyBag): PropertyBag;
  /** Pushes a new index of two images with an attestation of each, under the tag `built`. */
  seed(): Promise<SeededIndex>;
  /** Deletes the config and the layers of one of our images, and leaves its manifest. @returns their digests. */
  deleteBlobs(image: string): Promise<readonly string[]>;
  /** Fails unless these manifests are in our repository. */
  assertThere(digests: readonly string[]): Promise<void>;
}

/**
 * Two new repositories.
 * @param target - the registry that copies come to.
 * @param home - the one that they come from; by default the same.
 */
export function newImportPlace(
  target: Pick<Registry, "address">,
  home: Pick<Registry, "address"> = target,
): ImportPlace {
  const ours = newTestRepository(target);
  const theirs = newTestRepository(home);
  const sourceAt = (tagOrDigest: string) => ({
    image: `${home.address}/${theirs.name}${tagOrDigest.includes(":") ? "@" : ":"}${tagOrDigest}`,
  });
  return {
    ours,
    theirs,
    sourceAt,
    program: (more = {}) => ({ ...ours.target, tags: ["1.0"], source: sourceAt("built"), ...more }),
    async seed() {
      const images = await Promise.all(["linux/amd64", "linux/arm64"].map((platform) => theirs.image(platform)));
      const about = await Promise.all(images.map((image) => seedAttestation(home.address, theirs.name, image)));
      const index = await seedIndex(home.address, theirs.name, [...images, ...about], "built");
      const [imageDigests, attestations] = [images, about].map((list) => list.map(({ digest }) => digest));
      return {
        index,
        images: imageDigests ?? [],
        attestations: attestations ?? [],
        all: [...images, ...about].map(({ digest }) => digest),
      };
    },
    async deleteBlobs(image) {
      const { config, layers } = await ours.documentAt(image);
      const digests = [config, layers].flat().map((blob) => String(Object(blob).digest));
      const url = `http://${target.address}/v2/${ours.name}/blobs`;
      await Promise.all(digests.map((digest) => fetch(`${url}/${digest}`, { method: "DELETE" })));
      return digests;
    },
    async assertThere(digests) {
      for (const digest of digests) assert.equal(await ours.digestAt(digest), digest);
    },
  };
}
