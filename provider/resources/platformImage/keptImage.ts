import { hasCode, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { referenceTo } from "../../oci/reference";
import { repositoryStore } from "../../sources/repositoryManifest";
import type { ResolvedImage } from "../../sources/source";
import { resolveStored } from "../../sources/store";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";

/** Whether an error says that there is no source, so that `ifSourceMissing` decides. */
export function isSourceMissing(error: unknown): error is Error {
  return hasCode(error, "ERR_SOURCE_UNAVAILABLE") || hasCode(error, "ERR_NOT_FOUND");
}

/**
 * The image that `ifSourceMissing: "keep"` keeps, out of the repository that it is in already: whole, or not at all.
 * @param planned - its digest and the descriptors of its attestations.
 * @param missing - why there is no source.
 * @throws ERR_NOT_FOUND when its manifest, a blob or an attestation is gone: only the source has these.
 */
export async function keptImage(
  context: Context,
  target: Target,
  planned: { readonly digest: string; readonly attestations: readonly Descriptor[] },
  missing: Error,
): Promise<ResolvedImage> {
  const { digest, attestations } = planned;
  const repository = repositoryAt(context, target);
  const content = await repository.getManifest(digest);
  if (content === undefined) throw notKept(target, digest, missing);
  const store = repositoryStore(repository, content);
  const image = await resolveStored(store, content.descriptor, attestations).catch((error: unknown) => {
    throw hasCode(error, "ERR_NOT_FOUND") ? notKept(target, digest, missing) : error;
  });
  const blobs = [image, ...image.attestations].flatMap((manifest) => manifest.blobs);
  const checks = await Promise.all(blobs.map(({ descriptor }) => repository.hasBlob(descriptor)));
  if (checks.includes(false)) throw notKept(target, digest, missing);
  return image;
}

/** The error for an image that is neither at its source nor whole where it is to be kept. */
export function notKept(target: Target, digest: string, missing: Error): ProviderError<"ERR_NOT_FOUND"> {
  const reference = referenceTo(repositoryName(target), digest);
  return new ProviderError(
    "ERR_NOT_FOUND",
    `${missing.message} And ${reference}, which ifSourceMissing: "keep" would keep, is not there either, or not whole. ` +
      "Bring the source back.",
    { reference },
    { cause: missing },
  );
}
