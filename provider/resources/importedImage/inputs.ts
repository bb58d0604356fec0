import { isDigest, parseDigest } from "../../oci/digest";
import type { Platform } from "../../oci/platform";
import type { ImageLocation } from "../../sources/imageReference";
import { locateImage } from "../../sources/imageReference";
import type { PropertyBag } from "../properties/bag";
import { parseConnection } from "../properties/connectionInput";
import { parsePlatformInput } from "../properties/platformInput";
import {
  at,
  choice,
  inputError,
  isBag,
  list,
  memberPath,
  optionalBag,
  optionalBoolean,
  optionalString,
  requiredBag,
  requiredString,
} from "../properties/readers";
import { parseCopyReferrers } from "../properties/referrerInputs";
import { containsUnknown } from "../properties/unknown";
import type { CopyReferrers } from "../referrers/referrers";

/** Everything that decides what is copied. */
export interface ImportInputs {
  /** `source.image` as written. */
  readonly image: string;
  readonly location: ImageLocation;
  /** Whether the source's tag is followed when it moves. */
  readonly follow: boolean;
  /** The platforms to copy, patterns; absent: everything. */
  readonly platforms?: readonly Platform[];
  readonly attestations: "keep" | "drop";
  readonly requiredPlatforms: readonly Platform[];
  readonly expectedDigest?: string;
  readonly copyReferrers: CopyReferrers;
}

/** The program's `platforms`, which is an output's name, too: the SDK sends them under this one. */
const selection = "selectedPlatforms";

const decidingNames = [selection, "copyReferrers", "attestations", "requiredPlatforms", "expectedDigest", "follow"];

/** The inputs of a copy, as far as they are known. */
export interface DeclaredImport {
  /** `undefined` while one of them is not known. */
  readonly copy: ImportInputs | undefined;
  /** The digest of a copy of a whole source that is given by its digest, also while the way to the source is not known. */
  readonly pinnedDigest: string | undefined;
}

/** Reads the inputs that decide the copy. @throws ERR_INPUT_INVALID. */
export function parseDeclaredImport(bag: PropertyBag): DeclaredImport {
  return { copy: parseImportInputs(bag), pinnedDigest: parsePinnedDigest(bag) };
}

function parseImportInputs(bag: PropertyBag): ImportInputs | undefined {
  if (["source", ...decidingNames].some((name) => containsUnknown(bag[name]))) return undefined;
  const { image, registry } = parseImageSource(bag);
  const platforms = parsePlatforms(bag, selection, "platforms");
  const attestations = choice(bag, "attestations", ["keep", "drop"], "keep");
  if (attestations === "drop" && platforms.length === 0)
    throw inputError(
      "attestations",
      "everything is copied as it is; to leave attestations out, name the platforms, too",
    );
  const expectedDigest = optionalString(bag, "expectedDigest");
  return {
    image,
    location: locateImage({ image, ...(registry && { registry }) }),
    follow: optionalBoolean(bag, "follow") ?? true,
    ...(platforms.length > 0 && { platforms }),
    attestations,
    copyReferrers: parseCopyReferrers(bag),
    requiredPlatforms: parsePlatforms(bag, "requiredPlatforms"),
    ...(expectedDigest && { expectedDigest: at("expectedDigest", () => parseDigest(expectedDigest)) }),
  };
}

function parsePinnedDigest(bag: PropertyBag): string | undefined {
  const { source, [selection]: platforms } = bag;
  if (!isBag(source) || containsUnknown([source["image"], platforms]) || list(bag, selection).length > 0)
    return undefined;
  const { tagOrDigest } = locateImage({ image: requiredString(source, "image", "source") });
  return isDigest(tagOrDigest) ? tagOrDigest : undefined;
}

function parseImageSource(bag: PropertyBag) {
  const source = requiredBag(bag, "source");
  const registry = optionalBag(source, "registry", "source");
  return {
    image: requiredString(source, "image", "source"),
    registry: registry && parseConnection(registry, "source.registry"),
  };
}

function parsePlatforms(bag: PropertyBag, name: string, path = name): readonly Platform[] {
  return list(bag, name).map((value, index) => parsePlatformInput(value, memberPath(path, index)));
}

/** The part of the inputs that decides the manifest of the copy, wherever its source is reached: two equal ones ask for the same. */
export function copiedContent({ image, platforms, attestations, requiredPlatforms, expectedDigest }: ImportInputs) {
  return { image, platforms, attestations, requiredPlatforms, expectedDigest };
}
