import type { Lab } from "../lab";
import { registriesOf } from "../network";
import type { ModelRegistry } from "../registry";
import { isListTag, readManifest } from "../tree";

/**
 * What registries hold, by name: what a tag names, and `there` for a manifest or blob. A list of referrers that stands under the
 * tag of its subject is shared with others: its tag names the sorted digests that it lists, and it is no manifest of its own.
 */
export type Content = ReadonlyMap<string, string>;

const probeTag = /:multiarch-[0-9a-f-]{36,}$/;
const probeText = '"pulumi-multiarch.placeholder.operation":"probe"';

/** Whether a tag was made to learn how the registry deletes tags. */
export function isProbeTag(name: string): boolean {
  return probeTag.test(name);
}

/** The tags that were made to learn how the registry deletes tags, and their manifests. */
export function probesIn({ tags, manifests }: ModelRegistry["storage"]): readonly string[] {
  const probes = [...manifests].flatMap(([name, { bytes }]) => (bytes.includes(probeText) ? [name] : []));
  return [...probes, ...[...tags.keys()].filter(isProbeTag)];
}

/** The content of all registries. @param unlisted - an entry of lists that does not count, nor a list that has no other. */
export function contentOf({ network }: Lab, unlisted = ""): Content {
  return new Map(registriesOf(network).flatMap((registry) => entriesOf(registry, unlisted)));
}

function entriesOf({ storage, ledger }: ModelRegistry, unlisted: string): readonly (readonly [string, string])[] {
  const lists = new Set(
    ledger.entries.flatMap(({ name, after }) => (isListTag(name) ? [`${name.split(":")[0]}@${after}`] : [])),
  );
  const tags = [...storage.tags].flatMap(([name, digest]) => {
    if (!isListTag(name)) return [[name, digest] as const];
    const listed = listedUnder(storage, name);
    const counted = listed.filter((one) => one !== unlisted);
    const isOnlyTheirs = counted.length === 0 && listed.length > 0;
    return isOnlyTheirs ? [] : [[name, [...counted].sort().join(" ")] as const];
  });
  const others = [...storage.manifests.keys(), ...storage.blobs.keys()].filter((name) => !lists.has(name));
  return [...others.map((name) => [name, "there"] as const), ...tags];
}

/** The digests that an index lists which stands under a tag. */
export function listedUnder({ tags, manifests }: ModelRegistry["storage"], name: string): readonly string[] {
  const index = manifests.get(`${name.split(":")[0]}@${tags.get(name)}`);
  return index ? (readManifest(index).manifests ?? []).map(({ digest }) => digest) : [];
}

/** A sentence for each name that differs from what it is to be. @param isExtra - whether a name may be there beside. */
export function differences(actual: Content, wanted: Content, isExtra: (name: string) => boolean): readonly string[] {
  const names = new Set([...actual.keys(), ...wanted.keys()]);
  return [...names].flatMap((name) => {
    const [is, would] = [actual.get(name), wanted.get(name)];
    if (is === would || (would === undefined && isExtra(name))) return [];
    return [`${name} is ${is ?? "gone"}; had nothing failed, it would be ${would ?? "gone"}`];
  });
}
