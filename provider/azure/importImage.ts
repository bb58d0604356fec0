import { type ArmClient, armUrl } from "./arm";
import { runArmOperation } from "./armOperation";

/** Where Azure takes an image from. */
export type ImportSource =
  /** Another registry of the same tenant. */
  | { readonly resourceId: string }
  /** Any registry; the credentials are sent in the body and kept nowhere. */
  | {
      readonly address: string;
      readonly credentials?: { readonly username?: string; readonly password: string };
    };

/** One image, or index with all of its images, to be brought into a registry by Azure itself. */
export interface ImageImport {
  /** The target registry's resource id. */
  readonly registryId: string;
  readonly source: ImportSource;
  /** The repository in the source registry. */
  readonly repository: string;
  /** What is imported; a tag may move meanwhile. */
  readonly digest: string;
  /** `repository:tag` each. */
  readonly targetTags: readonly string[];
  /** Repositories that get it without a tag. */
  readonly untaggedTargetRepositories?: readonly string[];
  /** `NoForce`: fail where a tag exists. `Force`: move it, also a locked one. */
  readonly mode: "NoForce" | "Force";
}

const apiVersion = "2025-11-01";
const limitMs = 60 * 60 * 1000;

/**
 * Has Azure bring an image into a registry: no byte of it comes to this machine. Its digest stays, and all images of an index
 * come along; referrers do not. It ends when Azure says that it is done, at most after an hour; look afterwards whether it is there.
 * @throws as `runArmOperation`; a tag that exists is ERR_REGISTRY with the code `Conflict`.
 * @see https://learn.microsoft.com/rest/api/container-registry/registries/import-image
 */
export async function importImage(arm: ArmClient, image: ImageImport): Promise<void> {
  const url = armUrl(arm, `${image.registryId}/importImage`, apiVersion);
  // Sent again after its answer was lost, it finds its own tag: the caller looks at what that names.
  await runArmOperation(arm, { method: "POST", url, body: importBody(image), isRepeatable: true }, limitMs);
}

function importBody({ source, repository, digest, targetTags, untaggedTargetRepositories, mode }: ImageImport): object {
  return {
    source: { ...sourceBody(source), sourceImage: `${repository}@${digest}` },
    targetTags,
    ...(untaggedTargetRepositories && { untaggedTargetRepositories }),
    mode,
  };
}

function sourceBody(source: ImportSource): object {
  if ("resourceId" in source) return source;
  const { address, credentials } = source;
  return { registryUri: address, ...(credentials && { credentials }) };
}
