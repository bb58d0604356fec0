import { requireSmall } from "../../distribution/blobs";
import type { RegistryConnection } from "../../distribution/connection";
import type { RegistryClient, Repository } from "../../distribution/repository";
import { joinChunks } from "../../distribution/verifiedChunks";
import { hasCode } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { isDigest } from "../../oci/digest";
import { referenceTo } from "../../oci/reference";
import type { SourceBlob } from "../../sources/source";
import type { Context } from "../context";
import { repositoryName, type Target } from "../properties/target";
import { ownerOf } from "../tagged/wantedNames";
import { repositoryAt, sourceAt } from "./repositoryAt";

/**
 * A repository that something is taken from, as it is going to be: what this run's program is going to put there comes before
 * what the registry has. Only its reading operations differ from those of the registry.
 */
export function openSource(context: Context, source: Target): Repository {
  const repository = sourceAt(context, source);
  const place = repositoryName(source);
  const { contents } = context.plan;
  const open = (target: Target) => repositoryAt(context, target);
  const resolveTag = (tagOrDigest: string) =>
    isDigest(tagOrDigest) ? tagOrDigest : (contents.digestOf(place, tagOrDigest) ?? tagOrDigest);
  const places = () => [place, ...contents.sourcesOf(place).map(repositoryName)];
  const plannedManifest = (digest: string) => places().flatMap((name) => contents.manifest(name, digest) ?? [])[0];
  const repositories = () => [repository, ...contents.sourcesOf(place).map(open)];

  function noteRead(tagOrDigest: string, wanted: string, found: Descriptor | undefined): void {
    const isOfRegistry = !isDigest(tagOrDigest) && wanted === tagOrDigest;
    if (isOfRegistry && found) contents.wasRead(place, tagOrDigest, ownerOf(context), found.digest);
  }
  async function getManifest(tagOrDigest: string) {
    const wanted = resolveTag(tagOrDigest);
    const planned = plannedManifest(wanted);
    const found = planned ?? (await firstFound(repositories(), (one) => one.getManifest(wanted)));
    noteRead(tagOrDigest, wanted, found?.descriptor);
    return found;
  }
  async function headManifest(tagOrDigest: string) {
    const wanted = resolveTag(tagOrDigest);
    const planned = plannedManifest(wanted);
    const found = planned?.descriptor ?? (await firstFound(repositories(), (one) => one.headManifest(wanted)));
    noteRead(tagOrDigest, wanted, found);
    return found;
  }
  async function read<T>(
    { digest }: Pick<Descriptor, "digest">,
    ofPlan: (blob: SourceBlob) => Promise<T>,
    ofRegistry: (one: Repository) => Promise<T>,
  ): Promise<T> {
    const planned = places().flatMap((name) => contents.blob(name, digest) ?? [])[0];
    return planned ? ofPlan(planned) : firstReadable(repositories(), ofRegistry);
  }
  return {
    ...repository,
    getManifest,
    headManifest,
    getBlob: (blob) =>
      read(
        blob,
        (planned) => planned.open(),
        (one) => one.getBlob(blob),
      ),
    getBlobChunks: (blob, memory) =>
      read<AsyncIterable<Uint8Array>>(
        blob,
        (planned) => planned.openForSending?.() ?? planned.open(),
        (one) => one.getBlobChunks(blob, memory),
      ),
    getBlobBytes: (blob, limit) =>
      read(
        blob,
        async (planned) => {
          requireSmall(planned.descriptor, referenceTo(place, blob.digest), limit);
          return joinChunks(await planned.open());
        },
        (one) => one.getBlobBytes(blob, limit),
      ),
    hasBlob: (blob) =>
      read(
        blob,
        async () => true,
        (one) => one.hasBlob(blob),
      ),
  };
}

/** Whether a tag is going to name something that this run's program does not know yet. */
export function isNotKnownYet(
  { plan }: Context,
  { tagOrDigest, ...source }: Target & { readonly tagOrDigest: string },
): boolean {
  return plan.contents.digestOf(repositoryName(source), tagOrDigest) === "unknown";
}

/** The registries that sources read, as {@link openSource} opens their repositories. */
export function sourceRegistry(context: Context): (connection: RegistryConnection) => RegistryClient {
  return (connection) => ({
    ...context.registry(connection),
    source: (repository) => openSource(context, { connection, repository }),
  });
}

async function firstFound<T>(
  repositories: readonly Repository[],
  find: (repository: Repository) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const repository of repositories) {
    const found = await find(repository);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function firstReadable<T>(
  repositories: readonly Repository[],
  read: (repository: Repository) => Promise<T>,
): Promise<T> {
  const [first, ...others] = repositories;
  if (first === undefined) throw new Error("there is no repository to read");
  try {
    return await read(first);
  } catch (error) {
    if (others.length === 0 || !hasCode(error, "ERR_NOT_FOUND")) throw error;
    return firstReadable(others, read);
  }
}
