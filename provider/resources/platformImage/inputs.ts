import type { Platform } from "../../oci/platform";
import { parseTag } from "../../oci/reference";
import type { Source } from "../../sources/source";
import type { PropertyBag } from "../properties/bag";
import { parsePlatformInput } from "../properties/platformInput";
import { at, choice, inputError, optionalString, stringList, stringMap } from "../properties/readers";
import type { TagList } from "../properties/tagInputs";
import { containsUnknown, isUnknown } from "../properties/unknown";
import { parseSource } from "./sourceInput";

/** The parts of an image that must agree with the declared platform. */
export type Verify = "config" | "binaries" | "none";

/** Everything that decides the image's bytes and what is said of them. */
export interface ImageInputs {
  readonly platform: Platform;
  readonly source: Source;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly verify: Verify;
  readonly ifSourceMissing: "fail" | "keep";
}

/** The declared platform, `undefined` while it is not known. @throws ERR_INPUT_INVALID. */
export function parseDeclaredPlatform(bag: PropertyBag): Platform | undefined {
  return containsUnknown(bag["platform"]) ? undefined : parsePlatformInput(bag["platform"], "platform");
}

/** The inputs of an image, as far as they are known. */
export interface DeclaredImage {
  readonly platform: Platform | undefined;
  /** `undefined` while one of them is not known. */
  readonly image: ImageInputs | undefined;
}

/** Reads the inputs that decide the image. @throws ERR_INPUT_INVALID. */
export function parseDeclaredImage(bag: PropertyBag): DeclaredImage {
  const platform = parseDeclaredPlatform(bag);
  const deciding = ["source", "annotations", "verify", "ifSourceMissing"];
  const isKnown = platform !== undefined && !deciding.some((name) => containsUnknown(bag[name]));
  return { platform, image: isKnown ? parseImage(bag, platform) : undefined };
}

function parseImage(bag: PropertyBag, platform: Platform): ImageInputs {
  const source = parseSource(bag);
  const annotations = stringMap(bag, "annotations");
  return {
    platform,
    source,
    verify: parseVerify(bag, source),
    ifSourceMissing: choice(bag, "ifSourceMissing", ["fail", "keep"], "fail"),
    ...(annotations && { annotations }),
  };
}

function parseVerify(bag: PropertyBag, source: Source): Verify {
  const isFiles = "files" in source;
  const verify = choice<Verify>(bag, "verify", ["config", "binaries", "none"], isFiles ? "binaries" : "config");
  if (verify !== "binaries" || isFiles) return verify;
  throw inputError("verify", '"binaries" reads the executables of source.files; for other sources use "config"');
}

/** Reads `tag`: a list of none or one. @throws ERR_INPUT_INVALID. */
export function parseOwnTag(bag: PropertyBag): TagList {
  if (isUnknown(bag["tag"])) return { tags: [], areAllTagsKnown: false };
  const tag = optionalString(bag, "tag");
  return { tags: tag === undefined ? [] : [at("tag", () => parseTag(tag))], areAllTagsKnown: true };
}

/** Refuses secrets in the image's environment. @param names - the variables that the program marked as secret. */
export function refuseSecretEnvironment(bag: PropertyBag): void {
  if (isUnknown(bag["secretEnvironment"])) return;
  const [name] = stringList(bag, "secretEnvironment");
  if (name === undefined) return;
  throw inputError(
    `source.config.env.${name}`,
    "it is a secret, but everyone who can pull the image can read its environment. Give it to the container when it runs.",
  );
}
