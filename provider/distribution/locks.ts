import { hasCode, hasRegistryCode, ProviderError } from "../errors";
import { isDigest } from "../oci/digest";
import { type Lock, readLock, writeLock } from "./azureMetadata";
import type { Locks } from "./repository";
import { nameOf, type RepositoryAccess } from "./repositoryAccess";

/** The locks of an Azure registry's repository. */
export function createLocks(access: RepositoryAccess): Locks {
  return {
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
    throw access.isAzure && hasRegistryCode(error, "REGISTRY_DISALLOWED_OPERATION")
      ? await lockedError(access, tagOrDigest, error)
      : error;
  }
}

async function lockedError(
  access: RepositoryAccess,
  tagOrDigest: string,
  error: ProviderError<"ERR_REGISTRY">,
): Promise<ProviderError> {
  const reference = nameOf(access, tagOrDigest);
  const candidates: readonly (readonly [name: string, tagOrDigest?: string])[] = [
    [`the ${isDigest(tagOrDigest) ? "manifest" : "tag"} ${reference}`, tagOrDigest],
    [`the repository ${access.address}/${access.name}`],
  ];
  const found = await Promise.all(
    candidates.map(async ([name, subject]) => {
      const lock = await readLock(access, subject).catch((failure: unknown) => withoutRights(failure));
      const state = lock && describe(lock);
      return state === undefined ? [] : [`${name} is locked (${state})`];
    }),
  );
  const locked = found.flat();
  if (locked.length === 0) return error;
  return new ProviderError(
    "ERR_LOCKED",
    `${error.message} There, ${locked.join(", and ")}. Unlock it (az acr repository update --write-enabled true --delete-enabled true), ` +
      'or set onLocked: "unlock", which lifts locks of tags and manifests.',
    { reference },
    { cause: error },
  );
}

/** Whoever may not read locks gets the registry's own words. */
function withoutRights(failure: unknown): undefined {
  if (hasCode(failure, "ERR_REGISTRY") || hasCode(failure, "ERR_AUTH")) return undefined;
  throw failure;
}

function describe({ writeEnabled, deleteEnabled }: Lock): string | undefined {
  const off = [...(writeEnabled ? [] : ["writeEnabled: false"]), ...(deleteEnabled ? [] : ["deleteEnabled: false"])];
  return off.length === 0 ? undefined : off.join(", ");
}
