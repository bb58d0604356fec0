import { digestOf } from "../../provider/oci/digest";
import { type ModelRequest, routeOf } from "./message";

/** A manifest as it is kept. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Something that came to a registry, changed or went there. */
export interface Change {
  /** `team/app:1.0` for a tag, `team/app@sha256:…` for a manifest. */
  readonly name: string;
  /** Of a tag, what it named before; of a manifest, its digest; `undefined` when it was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** By which request. What a registry does by itself is done by the request that made it do so. */
  readonly request: ModelRequest;
}

/** What one registry holds, and how it came there. */
export interface Storage {
  /** By `repository@digest`. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  /** Names of those manifests that were also put under their digests: these do not go with their last tags, as on Gitea. */
  readonly putByDigest: ReadonlySet<string>;
  /** Digests by `repository:tag`. */
  readonly tags: ReadonlyMap<string, string>;
  /** By `repository@digest`. */
  readonly blobs: Map<string, Buffer>;
  /** What has come of uploads that are under way, by session. */
  readonly uploads: Map<string, Buffer>;
  /** A name for a session that no other one has. */
  newSession(): string;
  putManifest(repository: string, manifest: StoredManifest, request: ModelRequest): string;
  setTag(repository: string, tag: string, digest: string, request: ModelRequest): void;
  dropTag(repository: string, tag: string, request: ModelRequest): void;
  /** Its tags go with it. */
  dropManifest(repository: string, digest: string, request: ModelRequest): void;
  /** The tags of a repository that name a digest. */
  tagsOn(repository: string, digest: string): readonly string[];
  /** All tags of a repository. */
  tagsIn(repository: string): readonly string[];
}

/** What a storage may begin with: the content of another one. */
export type Content = Pick<Storage, "manifests" | "tags" | "blobs" | "putByDigest">;

const nothing: Content = { manifests: new Map(), tags: new Map(), blobs: new Map(), putByDigest: new Set() };

/** @param changed - told of every change, after it has been made. */
export function createStorage(changed: (change: Change) => void, content: Content = nothing): Storage {
  const manifests = new Map(content.manifests);
  const tags = new Map(content.tags);
  const putByDigest = new Set(content.putByDigest);
  let sessions = 0;

  function moveTag(name: string, after: string | undefined, request: ModelRequest): void {
    const before = tags.get(name);
    if (after === undefined) tags.delete(name);
    else tags.set(name, after);
    if (before !== after) changed({ name, before, after, request });
  }

  const storage: Storage = {
    manifests,
    putByDigest,
    tags,
    blobs: new Map(content.blobs),
    uploads: new Map(),
    newSession: () => `session-${++sessions}`,
    putManifest(repository, manifest, request) {
      const digest = digestOf(manifest.bytes);
      const name = `${repository}@${digest}`;
      const isNew = !manifests.has(name);
      manifests.set(name, manifest);
      if (routeOf(request.url).reference === digest) putByDigest.add(name);
      if (isNew) changed({ name, before: undefined, after: digest, request });
      return digest;
    },
    setTag: (repository, tag, digest, request) => moveTag(`${repository}:${tag}`, digest, request),
    dropTag: (repository, tag, request) => moveTag(`${repository}:${tag}`, undefined, request),
    dropManifest(repository, digest, request) {
      for (const tag of storage.tagsOn(repository, digest)) storage.dropTag(repository, tag, request);
      const name = `${repository}@${digest}`;
      putByDigest.delete(name);
      if (manifests.delete(name)) changed({ name, before: digest, after: undefined, request });
    },
    tagsOn: (repository, digest) =>
      storage.tagsIn(repository).filter((tag) => tags.get(`${repository}:${tag}`) === digest),
    tagsIn: (repository) =>
      [...tags.keys()].flatMap((name) =>
        name.startsWith(`${repository}:`) ? [name.slice(repository.length + 1)] : [],
      ),
  };
  return storage;
}
