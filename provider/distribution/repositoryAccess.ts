import type { Clock } from "../http/clock";
import type { Descriptor } from "../oci/descriptor";
import { hasDigestForm, parseDigest } from "../oci/digest";
import { parseRepository, parseTag, referenceTo } from "../oci/reference";
import type { Scope } from "./authorization";
import type { BlobPlaces } from "./blobPlaces";
import type { Operations } from "./operation";
import type { RegistryProfile } from "./profiles/profile";
import type { Replicas } from "./replicas";
import type { ManifestContent } from "./repository";

/** Facts that this process has learnt of a repository. Keys are digests, so nothing under them can change, only vanish. */
export interface Known {
  /** Manifests by digest. */
  readonly manifests: Map<string, ManifestContent>;
  /** What a HEAD told of the manifests that are there. */
  readonly descriptors: Map<string, Descriptor>;
  /** Digests of the blobs that are there. */
  readonly blobs: Set<string>;
  /** Small blobs by digest. */
  readonly blobBytes: Map<string, Uint8Array>;
  /** Whether the registry refuses the mount of a blob from the repository itself when it is not there. */
  refusesMounts: boolean;
}

/** One repository as the operations on it see it. */
export interface RepositoryAccess {
  /** `host[:port]` of the registry. */
  readonly address: string;
  /** The repository's name; safe in a URL. */
  readonly name: string;
  /** Where the registry's API is served. */
  readonly origin: URL;
  readonly profile: RegistryProfile<RepositoryAccess>;
  readonly replicas: Replicas;
  /** Shared with the registry's other repositories. */
  readonly places: BlobPlaces;
  readonly operations: Operations;
  readonly known: Known;
}

/**
 * Opens a repository of a registry; no request is made.
 * @throws ERR_REFERENCE_INVALID when `name` is no repository name.
 */
export function accessRepository(
  registry: Pick<RepositoryAccess, "address" | "origin" | "profile" | "operations" | "places"> & {
    readonly clock: Clock;
  },
  name: string,
): RepositoryAccess {
  const { address, origin, profile, operations, places, clock } = registry;
  const replicas = profile.replicas(clock);
  const known: Known = {
    manifests: new Map(),
    descriptors: new Map(),
    blobs: new Set(),
    blobBytes: new Map(),
    refusesMounts: false,
  };
  return { address, name: parseRepository(name), origin, profile, replicas, places, operations, known };
}

/**
 * A URL of the repository's API.
 * @param path - what comes after `/v2/<name>/`, made of validated parts only.
 */
export function repositoryUrl(access: RepositoryAccess, path: string): URL {
  return new URL(`/v2/${access.name}/${path}`, access.origin);
}

/**
 * The URL of a manifest.
 * @throws ERR_REFERENCE_INVALID when `tagOrDigest` is neither, ERR_DIGEST_INVALID for a digest of another algorithm.
 */
export function manifestUrl(access: RepositoryAccess, tagOrDigest: string): URL {
  return repositoryUrl(
    access,
    `manifests/${hasDigestForm(tagOrDigest) ? parseDigest(tagOrDigest) : parseTag(tagOrDigest)}`,
  );
}

/** What reading needs. */
export function pullScope({ name }: RepositoryAccess): readonly Scope[] {
  return [{ repository: name, actions: ["pull"] }];
}

/** What writing needs. */
export function pushScope({ name }: RepositoryAccess): readonly Scope[] {
  return [{ repository: name, actions: ["pull", "push"] }];
}

/** The actions that deleting needs. */
export function deleteScope({ name, profile }: RepositoryAccess): readonly Scope[] {
  return profile.deleteScope(name);
}

/** A manifest or blob of the repository for messages: `localhost:5000/team/server:1.4.0`, `…@sha256:…`. */
export function nameOf(access: RepositoryAccess, tagOrDigest: string): string {
  return referenceTo(`${access.address}/${access.name}`, tagOrDigest);
}
