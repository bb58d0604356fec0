import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import { parseReference } from "../../oci/reference";
import type { Context } from "../context";
import { stringMap } from "../inputs";
import type { PropertyBag } from "../lifecycle";
import { isAbsent } from "../manifestPush";
import type { Target } from "../target";
import { repositoryName } from "../target";
import { resolveImages } from "./images";
import type { ImageInput } from "./inputs";
import { parseIndexInputs } from "./inputs";

/**
 * The recorded platforms' images that nobody else looks at: those given by digest, and copies of a PlatformImage that lives
 * elsewhere. Of one that lives here the PlatformImage itself takes care; a tag is looked at where it is. When `images` are
 * other ones than before, an update looks at them all.
 * @returns digests by the name under which drift tells of them: `linux/arm64 (sha256:…)`.
 */
export function unwatchedChildren(
  inputs: PropertyBag,
  target: Target,
  recorded: PropertyBag,
): Readonly<Record<string, string>> {
  if (!isDeepStrictEqual(inputs["images"], recorded["images"])) return {};
  const images = parseIndexInputs(inputs)?.images ?? [];
  const sources = stringMap(recorded, "sources") ?? {};
  const watched = new Set(images.flatMap((image) => (image ? watchedDigest(image, target, sources) : [])));
  const platforms = Object.entries(stringMap(recorded, "platforms") ?? {});
  const unwatched = platforms.filter(([, digest]) => !watched.has(digest));
  return Object.fromEntries(unwatched.map(([platform, digest]) => [`${platform} (${digest})`, digest]));
}

function watchedDigest(
  image: ImageInput,
  target: Target,
  sources: Readonly<Record<string, string>>,
): readonly (string | undefined)[] {
  if ("descriptor" in image) {
    const { home, descriptor } = image;
    const name = home && `${home.address}/${home.repository}`;
    return name === repositoryName(target) ? [descriptor.digest] : [];
  }
  const { reference } = image;
  const isByDigest = reference.startsWith("@") || (!reference.startsWith(":") && parseReference(reference).digest);
  return isByDigest ? [] : [sources[reference]];
}

/**
 * Makes sure that children which are gone from the index's repository can be brought again from where they came.
 * @param inputs - checked, with their sources.
 * @param lost - the digests of the children.
 * @throws ERR_NOT_FOUND with the image's path when one is nowhere.
 */
export async function assertRestorable(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  lost: readonly string[],
): Promise<void> {
  const index = parseIndexInputs(inputs);
  if (index === undefined) return;
  const { entries } = await resolveImages(context, index, target, stringMap(inputs, "sources") ?? {});
  const looks = entries.map(async ({ path, descriptor: { digest }, home = target }) => {
    if (!lost.includes(digest)) return;
    const source = context.registry(home.connection).repository(home.repository);
    if (await isAbsent(source, digest)) throw nowhere(path, digest, target, home);
  });
  await Promise.all(looks);
}

function nowhere(path: string, digest: string, target: Target, home: Target): ProviderError {
  const reference = `${repositoryName(home)}@${digest}`;
  return new ProviderError(
    "ERR_NOT_FOUND",
    `${path}: ${digest} is gone from ${repositoryName(target)}, and ${reference}, from where it came, is not there either. ` +
      "Push the image again, or list another one.",
    { reference },
  );
}
