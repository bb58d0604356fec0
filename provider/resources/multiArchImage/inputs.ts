import type { RegistryConnection } from "../../distribution/connection";
import type { Descriptor } from "../../oci/descriptor";
import { parseDescriptor } from "../../oci/descriptor";
import { parseDigest } from "../../oci/digest";
import type { Platform } from "../../oci/platform";
import { parseRegistryAddress } from "../../oci/reference";
import type { PropertyBag } from "../properties/bag";
import { type ConnectionInput, refuseTwoConnections } from "../properties/connectionConflict";
import { parseConnection } from "../properties/connectionInput";
import { parsePlatformInput } from "../properties/platformInput";
import {
  at,
  choice,
  inputError,
  isBag,
  list,
  memberPath,
  optionalBoolean,
  optionalString,
  stringMap,
} from "../properties/readers";
import { containsUnknown, isUnknown } from "../properties/unknown";

import { type ChildTag, readChildTag } from "./childTag";

/** One of `images`. */
export type ImageInput = DescribedImage | ReferencedImage | UnknownImage;

interface ImageCommon {
  /** The input's path, for errors: `images[1]`. */
  readonly path: string;
  /** The declared platform. */
  readonly platform?: Platform;
  /** To be put on the descriptor in the index. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A PlatformImage, flattened: what it is and where it lives (`undefined` while that is not known). */
export interface DescribedImage extends ImageCommon {
  readonly descriptor: Descriptor;
  readonly attestations: readonly Descriptor[];
  readonly source: { readonly address: string; readonly repository: string } | undefined;
}

/** A reference: `host/repository:tag`, `host/repository@digest`, or `:tag` and `@digest` in the index's own repository. */
export interface ReferencedImage extends ImageCommon {
  readonly reference: string;
}

/** An image that is not known yet; its platform may be. */
export interface UnknownImage extends Pick<ImageCommon, "path" | "platform"> {
  readonly isUnknown: true;
}

/** Everything that decides the index's bytes, and the tags of its children. */
export interface IndexInputs {
  /** In declared order. */
  readonly images: readonly ImageInput[];
  readonly childTag: ChildTag | undefined;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly format: "auto" | "oci" | "docker";
  readonly requiredPlatforms: readonly Platform[];
  readonly attestations: "keep" | "drop";
  readonly verify: "config" | "none";
  readonly subject?: string;
  readonly artifactType?: string;
  readonly pinSources: boolean;
  readonly expectedDigest?: string;
  readonly sourceRegistries: readonly RegistryConnection[];
}

/** Names of the inputs that, beside `images`, decide the index's bytes. */
const indexInputNames = [
  "annotations",
  "format",
  "requiredPlatforms",
  "attestations",
  "verify",
  "subject",
  "artifactType",
  "pinSources",
  "expectedDigest",
  "sourceRegistries",
];

/**
 * Reads the inputs that decide the index's bytes.
 * @returns `undefined` when one of them, other than an image, is not known yet.
 * @throws ERR_INPUT_INVALID.
 */
export function parseIndexInputs(bag: PropertyBag): IndexInputs | undefined {
  if (isUnknown(bag["images"]) || indexInputNames.some((name) => containsUnknown(bag[name]))) return undefined;
  const images = list(bag, "images");
  if (images.length === 0) throw inputError("images", "at least one image is needed");
  const annotations = stringMap(bag, "annotations");
  const subject = optionalString(bag, "subject");
  const artifactType = optionalString(bag, "artifactType");
  const expectedDigest = optionalString(bag, "expectedDigest");
  return {
    images: images.map((value, index) => parseImage(value, memberPath("images", index))),
    childTag: parseChildTag(bag),
    format: choice(bag, "format", ["auto", "oci", "docker"], "auto"),
    requiredPlatforms: list(bag, "requiredPlatforms").map((value, index) =>
      parsePlatformInput(value, memberPath("requiredPlatforms", index)),
    ),
    attestations: choice(bag, "attestations", ["keep", "drop"], "keep"),
    verify: choice(bag, "verify", ["config", "none"], "config"),
    pinSources: optionalBoolean(bag, "pinSources") ?? false,
    sourceRegistries: parseSourceRegistries(bag),
    ...(annotations && { annotations }),
    ...(subject && { subject: at("subject", () => parseDigest(subject)) }),
    ...(artifactType && { artifactType }),
    ...(expectedDigest && { expectedDigest: at("expectedDigest", () => parseDigest(expectedDigest)) }),
  };
}

function parseSourceRegistries(bag: PropertyBag): readonly RegistryConnection[] {
  const known = new Map<string, ConnectionInput>();
  return list(bag, "sourceRegistries").map((value, index) => {
    const path = memberPath("sourceRegistries", index);
    if (!isBag(value)) throw inputError(path, "a Registry, its arguments or an address is needed");
    const connection = parseConnection(value, path);
    const { address } = connection;
    const first = known.get(address) ?? { path, connection };
    refuseTwoConnections(address, first, { path, connection });
    known.set(address, first);
    return connection;
  });
}

/** Reads `childTag`. @throws ERR_INPUT_INVALID. */
export function parseChildTag(bag: PropertyBag): ChildTag | undefined {
  if (isUnknown(bag["childTag"])) return { isKnown: false };
  const template = optionalString(bag, "childTag");
  return template === undefined ? undefined : readChildTag(template);
}

function parseImage(value: unknown, path: string): ImageInput {
  if (isUnknown(value)) return { path, isUnknown: true };
  if (typeof value === "string") return { path, reference: value };
  if (!isBag(value)) throw inputError(path, "a PlatformImage, a reference or {image, platform, annotations} is needed");
  const { image } = value;
  if (containsUnknown([image, value["digest"], value["platform"], value["annotations"]]))
    return unknownImage(value, path);
  // Another provider's image that is about to be built again.
  if (value["digest"] === "") return unknownImage(value, path);
  const annotations = stringMap(value, "annotations", path);
  const common = {
    path,
    ...(value["platform"] !== undefined && {
      platform: parsePlatformInput(value["platform"], memberPath(path, "platform")),
    }),
    ...(annotations && { annotations }),
  };
  if (typeof image === "string") return { ...common, reference: image };
  return parseDescribed(isBag(image) ? image : value, common);
}

/** The platform of an unknown image is the one that the program declares, or that of a PlatformImage. */
function unknownImage(value: PropertyBag, path: string): UnknownImage {
  const described = isBag(value["image"]) ? value["image"] : value;
  const { descriptor } = described;
  const platform = value["platform"] ?? (isBag(descriptor) ? descriptor["platform"] : undefined);
  const isKnown = platform !== undefined && !containsUnknown(platform);
  return {
    path,
    isUnknown: true,
    ...(isKnown && { platform: parsePlatformInput(platform, memberPath(path, "platform")) }),
  };
}

function parseDescribed(bag: PropertyBag, common: ImageCommon): DescribedImage | UnknownImage {
  if (containsUnknown(bag["descriptor"]) || containsUnknown(bag["attestationManifests"]))
    return { ...unknownImage(bag, common.path), ...(common.platform && { platform: common.platform }) };
  const path = memberPath(common.path, "descriptor");
  const isPlaceKnown =
    typeof bag["address"] === "string" && typeof bag["repository"] === "string" && !containsUnknown(bag);
  const attestations = list(bag, "attestationManifests", common.path);
  return {
    ...common,
    descriptor: at(path, () => parseDescriptor(bag["descriptor"], path)),
    attestations: attestations.map((value, index) => at(path, () => parseDescriptor(value, `attestation ${index}`))),
    source: isPlaceKnown
      ? {
          address: at(memberPath(common.path, "address"), () => parseRegistryAddress(String(bag["address"]))),
          repository: String(bag["repository"]),
        }
      : undefined,
  };
}
