import { hasCode, hasRegistryCode, ProviderError } from "../errors";
import { isDigest } from "../oci/digest";
import { type Lock, readLock, writeLock } from "./azureMetadata";
import type { Locks } from "./repository";
import { nameOf, type RepositoryAccess } from "./repositoryAccess";

/** The locks of an Azure registry's repository. */
export function createLocks(access: RepositoryAccess): Locks {
  return {
    async assertWritable(tag) {
      const subjects = await readLocks(access, tag);
      const locked = subjects.filter(({ lock }) => lock !== "unreadable" && lock?.writeEnabled === false);
      if (locked.length > 0) throw lockedError(nameOf(access, tag), `${nameOf(access, tag)} was not written.`, locked);
      return subjects.every(({ lock }) => lock !== "unreadable");
    },
    async isLocked(tagOrDigest) {
      const lock = await readLock(access, tagOrDigest);
      return lock !== undefined && describe(lock) !== undefined;
    },
    async setLock(tagOrDigest, isLocked) {
      const lock = await writeLock(access, tagOrDigest, isLocked);
      if (lock !== undefined || !isLocked) return;
      const reference = nameOf(access, tagOrDigest);
      throw new ProviderError("ERR_NOT_FOUND", `${reference} is not there to be locked. Run again.`, { reference });
    },
  };
}

/**
 * Runs an operation, and says which lock stood in its way.
 * @param tagOrDigest - what it is about.
 * @throws ERR_LOCKED when a tag, its manifest or the repository is locked; what the operation throws.
 */
export async function explainingLocks<T>(
  access: RepositoryAccess,
  tagOrDigest: string,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!hasRegistryCode(error, "REGISTRY_DISALLOWED_OPERATION")) throw error;
    const locked = (await readLocks(access, tagOrDigest)).filter(({ lock }) => describe(lock) !== undefined);
    throw locked.length === 0 ? error : lockedError(nameOf(access, tagOrDigest), error.message, locked, error);
  }
}

/** A tag, manifest or repository, and its lock as far as it is there and may be read. */
interface Subject {
  readonly name: string;
  readonly lock: Lock | "unreadable" | undefined;
}

/** What may be locked where a tag or manifest is concerned: it, and the repository. */
function readLocks(access: RepositoryAccess, tagOrDigest: string): Promise<readonly Subject[]> {
  const subjects: readonly (readonly [name: string, tagOrDigest?: string])[] = [
    [`the ${isDigest(tagOrDigest) ? "manifest" : "tag"} ${nameOf(access, tagOrDigest)}`, tagOrDigest],
    [`the repository ${access.address}/${access.name}`],
  ];
  return Promise.all(
    subjects.map(async ([name, subject]) => ({
      name,
      lock: await readLock(access, subject).catch((failure: unknown) => withoutRights(failure)),
    })),
  );
}

/** Whoever may not read locks gets the registry's own words. */
function withoutRights(failure: unknown): "unreadable" {
  if (hasCode(failure, "ERR_REGISTRY") || hasCode(failure, "ERR_AUTH")) return "unreadable";
  throw failure;
}

function lockedError(
  reference: string,
  refusal: string,
  locked: readonly Subject[],
  cause?: unknown,
): ProviderError<"ERR_LOCKED"> {
  const locks = locked.map(({ name, lock }) => `${name} is locked (${describe(lock)})`);
  return new ProviderError(
    "ERR_LOCKED",
    `${refusal} There, ${locks.join(", and ")}. Unlock it (az acr repository update --write-enabled true --delete-enabled true), ` +
      'or set onLocked: "unlock", which lifts locks of tags and manifests.',
    { reference },
    { cause },
  );
}

function describe(lock: Subject["lock"]): string | undefined {
  if (lock === undefined || lock === "unreadable") return undefined;
  const { writeEnabled, deleteEnabled } = lock;
  const off = [...(writeEnabled ? [] : ["writeEnabled: false"]), ...(deleteEnabled ? [] : ["deleteEnabled: false"])];
  return off.length === 0 ? undefined : off.join(", ");
}
