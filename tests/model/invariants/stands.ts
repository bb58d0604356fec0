import type { PropertyBag } from "../../../provider/resources/properties/bag";
import type { Lab } from "../lab";
import { registryAt } from "../network";
import type { Declared } from "../program";
import type { ModelRegistry } from "../registry";
import type { Report } from "../report";
import { liveOne } from "../state";
import { missingUnder, neededBy, readManifest } from "../tree";
import { isUndisturbed, isUnwatched } from "./undisturbed";

/** After an `up` that succeeded, what the program says stands on the registry. */
export function programStands(lab: Lab, report: Report): readonly string[] {
  const { step, program, isGreen } = report;
  if (step.do !== "up" || !isGreen || step.targets || !isUndisturbed(report)) return [];
  if (isUnwatched(lab, report)) return [];
  const pending = lab.stack.resources.filter(({ isPendingDelete }) => isPendingDelete);
  return [
    ...pending.map(({ name }) => `${name} is still to be deleted after an up that succeeded`),
    ...program.flatMap((declared) => stands(lab, declared).map((problem) => `${declared.name}: ${problem}`)),
    ...placeholders(lab),
  ];
}

function stands(lab: Lab, declared: Declared): readonly string[] {
  const recorded = liveOne(lab.stack, declared.name);
  if (recorded === undefined) return ["it is not in the state after an up that succeeded"];
  const { outputs } = recorded;
  const registry = registryOf(lab, outputs);
  if (registry === undefined) return ["its registry does not exist"];
  const repository = String(outputs["repository"]);
  const digest = String(outputs["digest"]);
  const missing = missingUnder(registry.storage, repository, digest);
  if (missing.length > 0) return [`up succeeded, and ${missing.join(", ")} is not there`];
  return [
    ...wantedTags(declared, registry, digest).flatMap(([tag, wanted]) => {
      const held = registry.storage.tags.get(`${repository}:${tag}`);
      return held === wanted ? [] : [`up succeeded, and ${tag} names ${held ?? "nothing"}, not ${wanted}`];
    }),
    ...content(lab, declared, registry, digest),
    ...listedUnderSubject(outputs, registry, digest),
    ...signaturesCame(lab, declared, registry, digest),
  ];
}

function registryOf({ network }: Lab, outputs: PropertyBag): ModelRegistry | undefined {
  const { address } = Object(outputs["registry"]);
  return registryAt(network, String(address));
}

/** The tags that the program says, those of children too, with what each is to name. */
function wantedTags({ inputs }: Declared, registry: ModelRegistry, digest: string): readonly [string, string][] {
  const { tag, tags = tag === undefined ? [] : [tag], childTag, repository } = inputs;
  const own = (Array.isArray(tags) ? tags.map(String) : []).map((name): [string, string] => [name, digest]);
  if (typeof childTag !== "string") return own;
  const index = registry.storage.manifests.get(`${repository}@${digest}`);
  const children = index ? (readManifest(index).manifests ?? []) : [];
  const childTags = children.flatMap(({ digest: child, platform }) =>
    // What has no platform, as attestations, gets no tag.
    own
      .filter(() => ![undefined, "unknown"].includes(Object(platform).os))
      .map(([name]): [string, string] => [fill(childTag, name, Object(platform)), child]),
  );
  return [...own, ...childTags];
}

function fill(template: string, tag: string, { os, architecture, variant = "" }: Record<string, string>): string {
  const values: Record<string, string | undefined> = { tag, os, arch: architecture, variant };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** An image has the program's file, an index the program's images in their order. */
function content(lab: Lab, { inputs }: Declared, registry: ModelRegistry, digest: string): readonly string[] {
  const manifest = registry.storage.manifests.get(`${inputs["repository"]}@${digest}`);
  if (manifest === undefined) return [];
  const { files, image } = Object(inputs["source"]);
  const copied = typeof image === "object" ? digestOfUsed(lab, image) : undefined;
  if (copied !== undefined && !files && copied !== digest) return [`it is ${digest}, and its source is ${copied}`];
  if (files) {
    const text = decodeURIComponent(String(files["/app"]).replace(/\.txt$/, ""));
    const blobs = neededBy(manifest).blobs.map((blob) => registry.storage.blobs.get(`${inputs["repository"]}@${blob}`));
    return blobs.some((blob) => blob?.includes(text)) ? [] : [`the image does not hold "${text}"`];
  }
  const images = Array.isArray(inputs["images"]) ? inputs["images"] : [];
  // The same image twice is listed once.
  const wanted = [...new Set(images.flatMap((image) => digestsOfUsed(lab, registry, image)))];
  const listed = readManifest(manifest).manifests ?? [];
  const differs = wanted.some((one, place) => one !== undefined && listed[place]?.digest !== one);
  return differs ? [`the index lists ${listed.map((one) => one.digest).join(", ")}, not ${wanted.join(", ")}`] : [];
}

/** The digests of one of `images`: of an index of the program, all that it lists. */
function digestsOfUsed(lab: Lab, { storage }: ModelRegistry, image: unknown): readonly (string | undefined)[] {
  const digest = digestOfUsed(lab, image);
  const names = [...storage.manifests.keys()].filter((name) => name.endsWith(`@${digest}`));
  const [manifest] = names.flatMap((name) => storage.manifests.get(name) ?? []);
  const { manifests } = manifest ? readManifest(manifest) : {};
  return manifests?.map((one) => one.digest) ?? [digest];
}

/** The digest of an image or a source that is a resource of the program. */
function digestOfUsed(lab: Lab, image: unknown): string | undefined {
  const { use: name = Object(Object(image).descriptor).use, output, later } = Object(image);
  if (later !== undefined) return digestOfUsed(lab, later);
  const outputs: PropertyBag = (typeof name === "string" ? liveOne(lab.stack, name)?.outputs : undefined) ?? {};
  const [, platform] = /^platforms\/(.*)$/.exec(String(output)) ?? [];
  const digest = platform === undefined ? outputs["digest"] : Object(outputs["platforms"])[platform];
  return typeof digest === "string" ? digest : undefined;
}

function listedUnderSubject(outputs: PropertyBag, registry: ModelRegistry, digest: string): readonly string[] {
  const { subject, repository } = outputs;
  if (typeof subject !== "string" || registry.switches.referrersApi) return [];
  const tag = subject.replace(":", "-");
  const list = registry.storage.manifests.get(`${repository}@${registry.storage.tags.get(`${repository}:${tag}`)}`);
  const listed = list ? (readManifest(list).manifests ?? []) : [];
  return listed.some((one) => one.digest === digest) ? [] : [`up succeeded, and it is not listed under ${tag}`];
}

function signaturesCame(
  { network }: Lab,
  { inputs }: Declared,
  registry: ModelRegistry,
  digest: string,
): readonly string[] {
  const [, host, repository] = /^([^/]+)\/([^:@]+)[:@]/.exec(String(Object(inputs["source"]).image)) ?? [];
  const { copyReferrers = inputs["copyReferrers"] } = Object(inputs["source"]);
  if (copyReferrers === undefined || host === undefined) return [];
  const tag = `${digest.replace(":", "-")}.sig`;
  const source = registryAt(network, host)?.storage.tags.get(`${repository}:${tag}`);
  const brought = registry.storage.tags.get(`${inputs["repository"]}:${tag}`);
  // What strangers have signed here alone is theirs.
  return source === undefined || source === brought ? [] : ["up succeeded, and the signature was not brought"];
}

function placeholders({ network }: Lab): readonly string[] {
  return Object.values(network).flatMap(({ storage }) =>
    [...storage.tags].flatMap(([tag, digest]) => {
      const manifest = storage.manifests.get(`${tag.split(":")[0]}@${digest}`);
      return manifest?.bytes.includes("pulumi-multiarch.placeholder") ? [`${tag} still names a placeholder`] : [];
    }),
  );
}
