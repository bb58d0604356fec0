import { formatPlatform } from "../../oci/platform";
import type { PropertyBag } from "../properties/bag";
import { knownTags } from "../properties/tagInputs";
import { knownText } from "../properties/unknown";
import { referrerDigests, referrerNames } from "../referrers/referrers";
import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { attestationsByName, parseAttestations } from "./attestations";
import { compute, computed } from "./compute";
import { parseDeclaredPlatform, parseOwnTag, refuseSecretEnvironment } from "./inputs";
import { outputs } from "./outputs";
import { assertRestorable } from "./plannedImage";
import { read } from "./read";
import { writeImage } from "./writeImage";

/** The lifecycle of `PlatformImage`: one platform's image in a repository, with or without a tag. */
export const platformImageLifecycle = taggedLifecycle({
  tagInput: "tag",
  computed,
  decidedBy: "source",
  outputs,
  transient: ["secretEnvironment"],
  written: ["digest", "attestationManifests", ...referrerNames],
  tags: parseOwnTag,
  validate: refuseSecretEnvironment,
  compute,
  children: attestationsByName,
  assertRestorable,
  untaggedName: platformName,
  write: writeImage,
  read,
  companionTags: ({ referrerTags }) => knownTags(referrerTags),
  manifests,
});

function manifests(inputs: PropertyBag): readonly string[] {
  const digest = knownText(inputs["digest"]);
  const attestations = parseAttestations(inputs).map((attestation) => attestation.digest);
  return [...(digest === undefined ? [] : [digest]), ...attestations, ...referrerDigests(inputs)];
}

function platformName(inputs: PropertyBag): string {
  const platform = parseDeclaredPlatform(inputs);
  return platform ? `@${formatPlatform(platform)}` : "";
}
