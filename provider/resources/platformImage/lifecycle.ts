import { formatPlatform } from "../../oci/platform";
import type { PropertyBag } from "../lifecycle";
import { removePushed } from "../pushedRemoval";
import { referrerNames } from "../referrers";
import { taggedLifecycle } from "../taggedLifecycle";
import { attestationsByName } from "./attestations";
import { compute, computed } from "./compute";
import { parseDeclaredPlatform, parseOwnTag, refuseSecretEnvironment } from "./inputs";
import { outputs } from "./outputs";
import { assertRestorable } from "./plannedImage";
import { read } from "./read";
import { writeImage } from "./writeImage";

/** The lifecycle of `PlatformImage`: one platform's image in a repository, with or without a tag. */
export const platformImageLifecycle = taggedLifecycle({
  name: "PlatformImage",
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
  delete: (context, _id, state) => removePushed(context, state),
});

function platformName(inputs: PropertyBag): string {
  const platform = parseDeclaredPlatform(inputs);
  return platform ? `@${formatPlatform(platform)}` : "";
}
