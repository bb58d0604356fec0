import type { PropertyBag } from "../../provider/resources/properties/bag";
import { unknownValue } from "../../provider/resources/properties/unknown";
import { fileOf } from "./files";
import type { Kind } from "./process";

/**
 * A program as a value: which resources there are, with inputs in the form in which the SDK sends them. This file is the
 * model's own SDK, small, so that a program is short and can be printed: what changes in `sdk/` changes here.
 *
 * Left out: components and parents, aliases, secrets, AcrRun, `Registry` resources, `get`, providers of their own.
 */
export type Program = readonly Declared[];

/** One resource of a program. */
export interface Declared {
  readonly kind: Kind;
  readonly name: string;
  /** May hold {@link Use}s and {@link Later}s at any depth. */
  readonly inputs: PropertyBag;
  /** Beside those that its inputs use. */
  readonly dependsOn?: readonly string[];
}

/** An output of another resource, `ref` and `tagRef` as the SDK derives them; `platforms/linux/amd64` is one of a map. */
export interface Use {
  readonly use: string;
  readonly output: string;
}

/** A value that is known in an update only. */
export interface Later {
  readonly later: unknown;
}

/** What the engine knows of the outputs of resources that are done: the mark for what is not known. */
export type Outputs = (resource: string, output: string) => unknown;

/** The registry that programs use unless they say otherwise. */
export const address = "r.example";
/** Another name of the same registry. */
export const otherName = "alias.example";
/** Another registry. */
export const elsewhere = "other.example";
const home = "team/app";

/** A PlatformImage of one file. @param text - what is in it. @param more - inputs, and `base` of its source. */
export function image(name: string, text: string, { base, ...more }: PropertyBag = {}): Declared {
  const source = { files: { "/app": fileOf(text) }, compression: "none", ...(base !== undefined && { base }) };
  return declared("platformImage", name, { platform: "linux/amd64", source, ...more });
}

/** A MultiArchImage. @param images - names of PlatformImages of the program, references, or anything else that it takes. */
export function index(
  name: string,
  tags: readonly string[],
  images: readonly unknown[],
  more: PropertyBag = {},
): Declared {
  return declared("multiArchImage", name, { tags, images, ...more });
}

/** An ImportedImage. */
export function imported(name: string, tags: readonly string[], source: unknown, more: PropertyBag = {}): Declared {
  return declared("importedImage", name, { tags, source: { image: source }, ...more });
}

function declared(kind: Kind, name: string, { dependsOn, registry = address, ...inputs }: PropertyBag): Declared {
  const all = { registry: { address: registry }, repository: home, ...inputs };
  return { kind, name, inputs: all, ...(Array.isArray(dependsOn) && { dependsOn: dependsOn.map(String) }) };
}

/** A PlatformImage of the program as one of `images`: a resource would arrive as its bare id, so it is taken apart. */
export function use({ name, inputs }: Declared): PropertyBag {
  const of = (output: string): Use => ({ use: name, output });
  const { address: at } = Object(inputs["registry"]);
  const outputs = { descriptor: of("descriptor"), attestationManifests: of("attestationManifests") };
  return { ...outputs, address: at, repository: of("repository") };
}

/** `host/repository@digest` of another resource of the program. */
export function ref({ name }: Declared): Use {
  return { use: name, output: "ref" };
}

/** Which resources must be done before this one. */
export function dependenciesOf({ inputs, dependsOn = [] }: Declared): readonly string[] {
  return [...new Set([...dependsOn, ...usesIn(inputs)])];
}

function usesIn(value: unknown): readonly string[] {
  if (isUse(value)) return [value.use];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(usesIn) : [];
}

/** The inputs as they cross to the provider. */
export function flatten({ inputs }: Declared, outputs: Outputs, isPreview: boolean): PropertyBag {
  const flat = (value: unknown): unknown => {
    if (isUse(value)) return outputOf(value, outputs);
    if (isLater(value)) {
      const known = flat(value.later);
      return isPreview ? unknownValue : known;
    }
    if (Array.isArray(value)) return value.map(flat);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, flat(member)]));
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, flat(value)]));
}

function outputOf({ use: name, output }: Use, outputs: Outputs): unknown {
  const { address: host } = Object(outputs(name, "registry"));
  const base = interpolate([host ?? unknownValue, "/", outputs(name, "repository")]);
  if (output === "ref") return interpolate([base, "@", outputs(name, "digest")]);
  if (output === "tagRef") {
    const tags = outputs(name, "tags");
    return interpolate([base, ":", Array.isArray(tags) ? tags[0] : (outputs(name, "tag") ?? unknownValue)]);
  }
  const [, map, member] = /^(platforms)\/(.*)$/.exec(output) ?? [];
  if (map === undefined || member === undefined) return outputs(name, output);
  const value = outputs(name, map);
  // As `index.platforms["linux/amd64"]` in a program: an Output that is known is applied to, whatever it holds.
  return value === unknownValue ? unknownValue : interpolate([base, "@", Object(value)[member]]);
}

/** As `pulumi.interpolate`: wholly unknown when a part is, and what is not there becomes `undefined`. */
function interpolate(parts: readonly unknown[]): string {
  return parts.includes(unknownValue) ? unknownValue : parts.map(String).join("");
}

function isUse(value: unknown): value is Use {
  return typeof value === "object" && value !== null && "use" in value && "output" in value;
}

function isLater(value: unknown): value is Later {
  return typeof value === "object" && value !== null && "later" in value;
}

/** Whether a program has a value that is known in an update only. */
export function containsLater(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isLater(value) || Object.values(value).some(containsLater);
}

/** The tags that a program says, as `repository:tag`; not those of children. */
export function tagsOf(program: Program): readonly string[] {
  return program.flatMap(({ inputs: { repository, tag, tags } }) =>
    [...(tag === undefined ? [] : [tag]), ...(Array.isArray(tags) ? tags : [])].map((one) => `${repository}:${one}`),
  );
}
