import { ProviderError } from "../errors";
import { quote } from "./quote";

/**
 * A platform as descriptors carry it, literally (not normalised).
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
  readonly variant?: string;
}

const osPattern = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%+-]*)\))?$/;
const namePattern = /^[A-Za-z0-9_.-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a decoded version must not reach a terminal with them
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
/** The fields of a platform, the telling ones first. */
export const platformFields = ["os", "architecture", "variant", "os.version", "os.features"] as const;
const fieldForms: Readonly<Record<(typeof platformFields)[number], (value: unknown) => boolean>> = {
  os: (value) => isText(value) && /^[A-Za-z0-9_-]+$/.test(value),
  architecture: isName,
  variant: (value) => value === undefined || value === "" || isName(value),
  "os.version": (value) => value === undefined || isText(value),
  "os.features": (value) => value === undefined || (Array.isArray(value) && value.every(isText)),
};

/**
 * Reads a platform in containerd's text form, `os[(version+feature…)]/architecture[/variant]`, for example `linux/arm64`,
 * `linux/arm/v7` or `windows(10.0.20348.1)/amd64`. In version and features, `%XX` stands for characters outside the form.
 * @param text - any text. The forms of one part (`linux`, `arm64`) depend on the machine that reads them and are refused.
 * @returns the platform in Go's spelling (`aarch64` is `arm64`, `armhf` is `arm` with `v7`); a variant that the text names
 * is there even when it is the default one, and one that it does not name is not.
 * @throws ERR_PLATFORM_INVALID.
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.4/platforms.go
 */
export function parsePlatform(text: string): Platform {
  const [first = "", architecture, variant, ...rest] = text.split("/", 4);
  const [, os, options = ""] = osPattern.exec(first) ?? [];
  if (os === undefined || architecture === undefined || rest.length > 0) throw invalid(text);
  if (!isName(architecture) || !(variant === undefined || isName(variant))) throw invalid(text);
  const [version = "", ...features] = options.split("+").map((option) => decode(option, text));
  if (features.includes("")) throw invalid(text, "a feature is empty");
  return platformFrom({
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    "os.version": version,
    "os.features": features,
  });
}

/**
 * Takes a platform in either form that an input may have: text as {@link parsePlatform} reads it, or an object with the
 * specification's platformFields.
 * @returns the platform in the same spelling that `parsePlatform` returns; empty fields are left out.
 * @throws ERR_PLATFORM_INVALID also for an object with a field that platforms do not have.
 */
export function platformFrom(value: string | Platform): Platform {
  if (typeof value === "string") return parsePlatform(value);
  requireFields(value);
  return spell(value);
}

function requireFields(value: Platform): void {
  const shown = String(JSON.stringify(value));
  if (typeof value !== "object" || value === null) throw invalid(shown);
  const unknown = Object.keys(value).find((key) => !platformFields.some((field) => field === key));
  if (unknown !== undefined) throw invalid(shown, `a platform has no field ${quote(unknown)}`);
  const malformed = platformFields.find((field) => !fieldForms[field](value[field]));
  if (malformed !== undefined) throw invalid(shown, `${malformed} is missing or malformed`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !controlCharacter.test(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && namePattern.test(value);
}

function decode(option: string, text: string): string {
  try {
    return decodeURIComponent(option);
  } catch {
    throw invalid(text, "a percent sign is not followed by the hexadecimal digits of a character");
  }
}

function invalid(platform: string, reason?: string): ProviderError {
  const why = reason === undefined ? "" : `: ${reason}`;
  return new ProviderError(
    "ERR_PLATFORM_INVALID",
    `${quote(platform)} is not a platform${why}. Write os/architecture[/variant], for example linux/amd64, linux/arm/v7 or ` +
      "windows(10.0.20348.1)/amd64.",
    { platform },
  );
}

/** Go's names for operating system, architecture and variant; unlike {@link normalizePlatform} it neither adds nor drops a default. */
export function spell(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const { architecture, variant } = spellArchitecture(platform.architecture, platform.variant ?? "");
  const features = [...new Set(platform["os.features"])].filter((feature) => feature !== "").sort();
  return {
    architecture,
    os: os === "macos" ? "darwin" : os,
    ...(platform["os.version"] && { "os.version": platform["os.version"] }),
    ...(features.length > 0 && { "os.features": features }),
    ...(variant !== "" && { variant }),
  };
}

function spellArchitecture(name: string, level: string): { readonly architecture: string; readonly variant: string } {
  const architecture = name.toLowerCase();
  const variant = level.toLowerCase();
  switch (architecture) {
    case "i386":
      return { architecture: "386", variant: "" };
    case "x86_64":
    case "x86-64":
      return { architecture: "amd64", variant };
    case "aarch64":
    case "arm64":
      return { architecture: "arm64", variant: variant.replace(/^v?([89])(?:\.0)?$/, "v$1") };
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      return { architecture, variant: variant.replace(/^[5-8]$/, "v$&") };
    default:
      return { architecture, variant };
  }
}

/** The variant that each architecture has without naming it, so that naming it says nothing. */
export const droppedDefaults: ReadonlyMap<string, string> = new Map([
  ["amd64", "v1"],
  ["arm64", "v8"],
]);

/**
 * A platform in containerd's canonical form: Go's names in lower case, `arm64` without `v8`, `amd64` without `v1`, `arm`
 * always with a variant (`v7` when there is none), features sorted and each once. Doing it twice changes nothing.
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.4/database.go
 */
export function normalizePlatform(platform: Platform): Platform {
  const { variant, ...rest } = spell(platform);
  if (variant === undefined) return rest.architecture === "arm" ? { ...rest, variant: "v7" } : rest;
  return droppedDefaults.get(rest.architecture) === variant ? rest : { ...rest, variant };
}

/**
 * A platform's text: containerd's `FormatAll` of the normalised platform, for example `linux/arm64`, `linux/arm/v7` or
 * `windows(10.0.20348.1+win32k)/amd64`. {@link parsePlatform} reads it back; two platforms never share a text.
 */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant, ...options } = normalizePlatform(platform);
  const features = (options["os.features"] ?? []).map((feature) => `+${encode(feature)}`).join("");
  const option = encode(options["os.version"] ?? "") + features;
  const names = [encode(os) + (option === "" ? "" : `(${option})`), encode(architecture)];
  return [...names, ...(variant === undefined ? [] : [encode(variant)])].join("/");
}

function encode(value: string): string {
  return value.replace(/[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

/**
 * A text that two platforms share exactly when an index must not hold both: same operating system, architecture, variant,
 * version and set of features, all normalised.
 */
export function platformIdentity(platform: Platform): string {
  return formatPlatform(platform);
}

/** Whether a platform is `unknown/unknown`, which BuildKit gives to attestation manifests. */
export function isUnknownPlatform(platform: Platform): boolean {
  return platform.os === "unknown" && platform.architecture === "unknown";
}
