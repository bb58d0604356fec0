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
const fields = ["os", "architecture", "variant", "os.version", "os.features"] as const;
const fieldForms: Readonly<Record<(typeof fields)[number], (value: unknown) => boolean>> = {
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
 * specification's fields.
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
  const unknown = Object.keys(value).find((key) => !fields.some((field) => field === key));
  if (unknown !== undefined) throw invalid(shown, `a platform has no field ${quote(unknown)}`);
  const malformed = fields.find((field) => !fieldForms[field](value[field]));
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
function spell(platform: Platform): Platform {
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

const droppedDefaults: ReadonlyMap<string, string> = new Map([
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

/**
 * Whether a platform fits a pattern. What the pattern leaves out matches anything: its variant, its version (or the last
 * numbers of it) and further features. `linux/arm64` matches `linux/arm64/v9`, `linux/arm64/v8` does not.
 */
export function matchesPlatform(pattern: Platform, platform: Platform): boolean {
  const wanted = spell(pattern);
  const { variant, ...given } = normalizePlatform(platform);
  const features = given["os.features"] ?? [];
  return (
    wanted.os === given.os &&
    wanted.architecture === given.architecture &&
    (wanted.variant === undefined || normalizePlatform(wanted).variant === variant) &&
    isWithin(given["os.version"] ?? "", wanted["os.version"] ?? "") &&
    (wanted["os.features"] ?? []).every((feature) => features.includes(feature))
  );
}

/** Whether a dotted version is the wanted one or a closer description of it; every version is within the empty one. */
function isWithin(version: string, wanted: string): boolean {
  return wanted === "" || version === wanted || version.startsWith(`${wanted}.`);
}

/**
 * The first field that two platforms both have and that differs after normalisation, in the order `os`, `architecture`,
 * `variant`, `os.version`, `os.features`. A field that either side lacks contradicts nothing, nor does a version that only
 * says less than the other one.
 * @returns the field's name, or `undefined` when the two may describe one image.
 */
export function contradiction(declared: Platform, found: Platform): string | undefined {
  const a = spell(declared);
  const b = spell(found);
  return fields.find((field) => a[field] !== undefined && b[field] !== undefined && !agree(field, a, b));
}

function agree(field: (typeof fields)[number], a: Platform, b: Platform): boolean {
  if (field !== "os.version") return JSON.stringify(a[field]) === JSON.stringify(b[field]);
  const [one, other] = [String(a[field]), String(b[field])];
  return isWithin(one, other) || isWithin(other, one);
}

/**
 * The platform that an image's descriptor carries: what its config says, literally, completed by what only the
 * declaration says.
 * @param found - from the image's config; absent when it has none.
 * @param declared - must not contradict it (see {@link contradiction}).
 */
export function completePlatform(found: Platform | undefined, declared: Platform): Platform {
  if (found === undefined) return declared;
  const version = found["os.version"] || declared["os.version"];
  const features = found["os.features"]?.length ? found["os.features"] : declared["os.features"];
  const variant = found.variant || declared.variant;
  return {
    architecture: found.architecture || declared.architecture,
    os: found.os || declared.os,
    ...(version && { "os.version": version }),
    ...(features?.length && { "os.features": features }),
    ...(variant && { variant }),
  };
}

/**
 * Whether two platforms differ in the variant alone and the first one needs more of the machine: `linux/arm/v7` than
 * `linux/arm/v6`, `linux/amd64/v3` than `linux/amd64`. A machine for the first runs the second, too, so that a reader which
 * takes the first match gets the wrong one when the first is listed before the second.
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.4/compare.go
 */
export function isMoreDemanding(a: Platform, b: Platform): boolean {
  const { variant: high, ...common } = normalizePlatform(a);
  const { variant: low, ...others } = normalizePlatform(b);
  if (formatPlatform(common) !== formatPlatform(others)) return false;
  const more = variantLevel(common.architecture, high);
  const less = variantLevel(common.architecture, low);
  if (more === undefined || less === undefined) return false;
  if (more.major === less.major) return more.minor > less.minor;
  // Armv9.n contains Armv8.(n+5), and Armv8 ends with 8.9.
  if (common.architecture === "arm64") return more.major > less.major && less.minor <= Math.min(more.minor + 5, 9);
  return more.major > less.major;
}

// The variants that contain one another; others are not compared.
const levelPatterns: ReadonlyMap<string, RegExp> = new Map([
  ["amd64", /^v(\d)$/],
  ["arm", /^v([5-8])$/],
  ["arm64", /^v([89])(?:\.(\d))?$/],
]);

function variantLevel(architecture: string, variant = droppedDefaults.get(architecture) ?? ""): Level | undefined {
  const match = levelPatterns.get(architecture)?.exec(variant);
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
}

interface Level {
  readonly major: number;
  readonly minor: number;
}
