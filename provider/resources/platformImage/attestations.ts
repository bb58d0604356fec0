import type { Descriptor } from "../../oci/descriptor";
import { parseDescriptor } from "../../oci/descriptor";
import { formatPlatform } from "../../oci/platform";
import { listedName } from "../drift/lostContent";
import type { PropertyBag } from "../properties/bag";
import { at, list, memberPath } from "../properties/readers";
import type { Target } from "../properties/target";
import { containsUnknown } from "../properties/unknown";
import { parseDeclaredPlatform } from "./inputs";

/** Reads the attestations that were found along with the image; none while they are not known. */
export function parseAttestations(bag: PropertyBag): readonly Descriptor[] {
  if (containsUnknown(bag["attestationManifests"])) return [];
  return list(bag, "attestationManifests").map((value, index) => {
    const path = memberPath("attestationManifests", index);
    return at(path, () => parseDescriptor(value, path));
  });
}

/** Digests of the attestations by the name under which drift tells of them: nobody but the image looks at them. */
export function attestationsByName(
  _inputs: PropertyBag,
  _target: Target,
  listing: PropertyBag,
): Readonly<Record<string, string>> {
  const platform = parseDeclaredPlatform(listing);
  const label = `attestation of ${platform ? formatPlatform(platform) : "the image"}`;
  return Object.fromEntries(parseAttestations(listing).map(({ digest }) => [listedName(label, digest), digest]));
}
