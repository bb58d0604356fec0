import type { PropertyBag } from "../../../provider/resources/properties/bag";
import type { Registry } from "../../support/registries";
import { credentialsFor, newRepository, uniqueIndex, uniqueName } from "../distribution/content";
import { contentAt, digestAt, type SeededImage, type SeedOptions, seedImage } from "./seed";

/** A repository that no other test uses, as somebody sees it who works past the provider. */
export interface TestRepository {
  /** The inputs that lead to it. */
  readonly target: PropertyBag;
  readonly name: string;
  /** Pushes a new image. */
  image(platform: string, options?: SeedOptions): Promise<SeededImage>;
  /** Moves a tag to a new index without images. @returns its digest. */
  moveTag(tag: string): Promise<string>;
  /** Puts a tag on a manifest that is there. */
  tag(tag: string, digest: string): Promise<void>;
  /** Deletes a manifest, and with it its tags. */
  deleteManifest(digest: string): Promise<void>;
  /** What a tag or digest names now. */
  digestAt(tagOrDigest: string): Promise<string | undefined>;
  /** The document under a tag or digest. */
  documentAt(tagOrDigest: string): Promise<PropertyBag>;
  tags(): Promise<readonly string[]>;
}

/** A new repository of a registry. */
export function newTestRepository({ address }: Pick<Registry, "address">, name = uniqueName()): TestRepository {
  const open = () => newRepository(address, name);
  return {
    target: { registry: { address, ...credentialsFor(address) }, repository: name },
    name,
    image: (platform, options) => seedImage(address, name, platform, options),
    async moveTag(tag) {
      const index = uniqueIndex();
      await open().putManifest(tag, index);
      return index.descriptor.digest;
    },
    async tag(tag, digest) {
      const content = await contentAt(address, name, digest);
      if (content === undefined) throw new Error(`There is no ${digest}.`);
      await open().putManifest(tag, content);
    },
    deleteManifest: (digest) => open().deleteManifest(digest),
    digestAt: (tagOrDigest) => digestAt(address, name, tagOrDigest),
    async documentAt(tagOrDigest) {
      const content = await contentAt(address, name, tagOrDigest);
      return JSON.parse(new TextDecoder().decode(content?.bytes));
    },
    tags: async () => [...((await open().listTags()) ?? [])].sort(),
  };
}
