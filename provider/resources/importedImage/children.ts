import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import type { Context } from "../context";
import { stringList, stringMap } from "../inputs";
import type { PropertyBag } from "../lifecycle";
import { isAbsent } from "../manifestPush";
import type { Target } from "../target";
import { repositoryName } from "../target";
import { declarationOf, parseImportInputs } from "./inputs";

/**
 * What a recorded index leads to, nested indexes and attestations too; nothing, of an image that stands alone.
 * @param bag - checked inputs or a state.
 * @returns digests by the name under which drift tells of them: `linux/arm64 (sha256:…)`, or the digest alone.
 */
export function recordedChildren(bag: PropertyBag): Readonly<Record<string, string>> {
  const platforms = Object.entries(stringMap(bag, "platforms") ?? {});
  const named = platforms.map(([platform, digest]) => [`${platform} (${digest})`, digest]);
  const others = stringList(bag, "otherManifests").map((digest) => [digest, digest]);
  return Object.fromEntries([...named, ...others].filter(([, digest]) => digest !== bag["digest"]));
}

/** The recorded children, as long as the same copy is asked for: an update looks at them all. */
export function watchedChildren(
  inputs: PropertyBag,
  _target: Target,
  recorded: PropertyBag,
): Readonly<Record<string, string>> {
  return isDeepStrictEqual(declarationOf(inputs), declarationOf(recorded)) ? recordedChildren(recorded) : {};
}

/**
 * Makes sure that children which are gone from the repository can be brought again from the source.
 * @param inputs - checked, with what was computed.
 * @param lost - the digests of the recorded children that are gone.
 * @throws ERR_NOT_FOUND with the input's path when one that is wanted is not there either.
 */
export async function assertRestorable(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  lost: readonly string[],
): Promise<void> {
  const location = parseImportInputs(inputs)?.location;
  if (location === undefined) return;
  const wanted = new Set(Object.values(recordedChildren(inputs)));
  const source = context.registry(location.connection).repository(location.repository);
  const looks = lost.map(async (digest) => {
    if (wanted.has(digest) && (await isAbsent(source, digest))) throw nowhere(digest, target, location);
  });
  await Promise.all(looks);
}

function nowhere(digest: string, target: Target, home: Target): ProviderError {
  const reference = `${repositoryName(home)}@${digest}`;
  return new ProviderError(
    "ERR_NOT_FOUND",
    `source.image: ${digest} is gone from ${repositoryName(target)}, and ${reference}, from where it came, is not there either. ` +
      "Push it there again, or name another source.",
    { reference },
  );
}
