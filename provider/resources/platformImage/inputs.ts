import type { Platform } from "../../oci/platform";
import { parseTag } from "../../oci/reference";
import type { Source } from "../../sources/source";
import type { PropertyBag } from "../properties/bag";
import { parsePlatformInput } from "../properties/platformInput";
import { at, choice, inputError, optionalString, stringList, stringMap } from "../properties/readers";
import { containsUnknown, isUnknown } from "../properties/unknown";
import { parseSource } from "./sourceInput";

/** What of an image must agree with the declared platform. */
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

/**
 * Reads the inputs that decide the image.
 * @returns `undefined` when one of them is not known yet.
 * @throws ERR_INPUT_INVALID.
 */
export function parseImageInputs(bag: PropertyBag): ImageInputs | undefined {
  const platform = parseDeclaredPlatform(bag);
  const deciding = ["source", "annotations", "verify", "ifSourceMissing"];
  if (platform === undefined || deciding.some((name) => containsUnknown(bag[name]))) return undefined;
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

/** Reads `tag`: none, or the one. While it is not known: none. @throws ERR_INPUT_INVALID. */
export function parseOwnTag(bag: PropertyBag): readonly string[] {
  if (isUnknown(bag["tag"])) return [];
  const tag = optionalString(bag, "tag");
  return tag === undefined ? [] : [at("tag", () => parseTag(tag))];
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
