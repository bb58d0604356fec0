import type { Platform } from "./platform";
import { droppedDefaults, formatPlatform, normalizePlatform, platformFields, spell } from "./platform";

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
  return platformFields.find((field) => a[field] && b[field] && !agree(field, a, b));
}

function agree(field: (typeof platformFields)[number], a: Platform, b: Platform): boolean {
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
