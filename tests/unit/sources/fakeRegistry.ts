import { existsSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { ManifestContent, RegistryClient, Repository } from "../../../provider/distribution/repository";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { Layout } from "../../support/layouts";
import { unexpected, unexpectedRepository } from "../../support/noCalls";

/** A registry with one repository that holds a layout's blobs and can only be read. */
export interface FakeRegistry {
  readonly client: RegistryClient;
  /** What was asked of the repository, in order: `manifest latest`, `config sha256:…`, `blob sha256:…`. */
  readonly requests: readonly string[];
}

/**
 * Serves a layout's contents as a repository.
 * @param tags - manifests and indexes of the layout by tag.
 */
export function fakeRegistry(
  address: string,
  name: string,
  layout: Layout,
  tags: Readonly<Record<string, Descriptor>>,
): FakeRegistry {
  const requests: string[] = [];
  const read = (digest: string) => readFileSync(layout.path(digest));
  const repository: Repository = {
    ...unexpectedRepository,
    address,
    name,
    async getManifest(tagOrDigest): Promise<ManifestContent | undefined> {
      requests.push(`manifest ${tagOrDigest}`);
      const digest = tags[tagOrDigest]?.digest ?? tagOrDigest;
      if (!digest.includes(":") || !existsSync(layout.path(digest))) return undefined;
      const bytes = read(digest);
      const { mediaType } = JSON.parse(bytes.toString());
      return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
    },
    async getBlobBytes({ digest }) {
      requests.push(`config ${digest}`);
      return read(digest);
    },
    async getBlob({ digest }) {
      requests.push(`blob ${digest}`);
      return Readable.from([read(digest)]);
    },
  };
  const open = (asked: string) =>
    asked === name ? repository : { ...repository, name: asked, getManifest: async () => undefined };
  const client: RegistryClient = {
    address,
    ping: unexpected,
    reach: unexpected,
    login: unexpected,
    close: unexpected,
    repository: open,
    source: open,
  };
  return { client, requests };
}
