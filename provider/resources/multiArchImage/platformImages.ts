import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { ImageInput } from "./inputs";

/** Digests of the PlatformImages that live in a repository, and of their attestations: each looks after itself. */
export function platformImagesAt(images: readonly ImageInput[], target: Target): ReadonlySet<string> {
  const digests = images.flatMap((image) => {
    if (!("descriptor" in image) || image.source === undefined) return [];
    const { source, descriptor, attestations } = image;
    const isHere = `${source.address}/${source.repository}` === repositoryName(target);
    return isHere ? [descriptor, ...attestations].map(({ digest }) => digest) : [];
  });
  return new Set(digests);
}
