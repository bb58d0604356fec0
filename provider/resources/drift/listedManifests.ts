import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import type { PropertyBag } from "../properties/bag";
import { stringMap } from "../properties/readers";
import { containsUnknown, knownText } from "../properties/unknown";
import { listedName } from "./lostContent";

/**
 * What of an index's manifests `platforms` does not tell: what each is, by digest. A computed input, left out when there are none.
 * @param index - its manifests, and of them the images by platform.
 */
export function otherManifests({
  manifests,
  platforms,
}: {
  readonly manifests: readonly Descriptor[];
  readonly platforms: Readonly<Record<string, string>>;
}): PropertyBag {
  const told = new Set(Object.values(platforms));
  const others = manifests.filter(({ digest }) => !told.has(digest));
  const labels = others.map((descriptor) => [descriptor.digest, entryLabel(descriptor, manifests)]);
  return others.length > 0 ? { otherManifests: Object.fromEntries(labels) } : {};
}

/**
 * Everything that an index lists, as `platforms` and `otherManifests` tell it.
 * @param bag - checked inputs or a state.
 * @returns digests by the name under which drift tells of them: `linux/arm64 (sha256:…)`.
 */
export function listedManifests(bag: PropertyBag): Readonly<Record<string, string>> {
  const platforms = Object.entries(stringMap(bag, "platforms") ?? {});
  const others = Object.entries(stringMap(bag, "otherManifests") ?? {}).map(([digest, label]) => [label, digest]);
  const listed = [...platforms, ...others] as const;
  return Object.fromEntries(listed.map(([label = "", digest = ""]) => [listedName(label, digest), digest]));
}

/** The digests of an index and of everything that it lists, as far as they are known. @param bag - checked inputs. */
export function knownManifests(bag: PropertyBag): readonly string[] {
  const digest = knownText(bag["digest"]);
  const platforms = Object.values(Object(bag["platforms"])).flatMap((platform) => knownText(platform) ?? []);
  const others = containsUnknown(bag["otherManifests"]) ? [] : Object.keys(stringMap(bag, "otherManifests") ?? {});
  return [...(digest === undefined ? [] : [digest]), ...platforms, ...others];
}
