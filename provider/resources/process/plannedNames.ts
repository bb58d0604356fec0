/** The tags and manifests that the program wants, and which resource wants each. Places are `address/repository`, owners are URNs. */
export interface PlannedNames {
  /**
   * Enters a tag that a resource wants; entering it again is harmless.
   * @returns another resource that wants the tag, if any: then nothing is entered.
   */
  wantTag(place: string, tag: string, owner: string): string | undefined;
  /** Enters a tag that a resource had in the last run, at this digest, and that the program does not list for it any more. */
  giveUp(place: string, tag: string, digest: string, owner: string): void;
  /** Whether a resource of the program gives up a tag that names this digest: then another one may take it over. */
  isGivenUp(place: string, tag: string, digest: string): boolean;
  /** Enters a manifest that a resource needs in a place. */
  wantManifest(place: string, digest: string, owner: string): void;
  /**
   * Enters the manifest of a resource without a tag that deletes it at its end.
   * @param isNew - whether the resource did not have it in the last run.
   * @returns another such resource with the same manifest, if any, and if one of both is new to it.
   */
  wantUntagged(place: string, digest: string, owner: string, isNew: boolean): string | undefined;
  /** The resource that wants a tag. */
  tagOwner(place: string, tag: string): string | undefined;
  /** A resource that needs a manifest. */
  manifestOwner(place: string, digest: string): string | undefined;
  /** All wanted tags of a place. */
  tagsIn(place: string): readonly string[];
  /** The addresses other than this place's under which the same repository is wanted with this tag or digest. */
  otherAddresses(place: string, tagOrDigest: string): readonly string[];
  /** Forgets all that a resource wanted: it is about to be checked again. */
  forget(owner: string): void;
}

/** The names that are wanted in one place. */
interface PlaceNames {
  readonly address: string;
  /** By tag, its owner. */
  readonly tags: Map<string, string>;
  /** By tag, the digests at which it is given up. */
  readonly givenUp: Map<string, Set<string>>;
  /** By digest, all that need it. */
  readonly manifests: Map<string, Set<string>>;
  /** By digest, the resources without a tag that delete it at their end, and whether it is new to them. */
  readonly untagged: Map<string, Map<string, boolean>>;
}

/** Nothing is wanted at first. */
export function createPlannedNames(): PlannedNames {
  const repositories = new Map<string, Map<string, PlaceNames>>();
  const removals = new Map<string, (() => void)[]>();

  const placesOf = (repository: string) => repositories.get(repository)?.values() ?? [];
  const find = (place: string) => {
    const { address, repository } = partsOf(place);
    return repositories.get(repository)?.get(address);
  };
  function enter(place: string): PlaceNames {
    const { address, repository } = partsOf(place);
    const places = repositories.get(repository) ?? new Map<string, PlaceNames>();
    const names = places.get(address) ?? {
      address,
      tags: new Map(),
      givenUp: new Map(),
      manifests: new Map(),
      untagged: new Map(),
    };
    repositories.set(repository, places.set(address, names));
    return names;
  }
  function removeLater(owner: string, remove: () => void): void {
    const known = removals.get(owner) ?? [];
    known.push(remove);
    removals.set(owner, known);
  }
  return {
    wantTag(place, tag, owner) {
      const { tags } = enter(place);
      const holder = tags.get(tag);
      if (holder === undefined) {
        tags.set(tag, owner);
        removeLater(owner, () => tags.delete(tag));
      }
      return holder === owner ? undefined : holder;
    },
    giveUp(place, tag, digest, owner) {
      const { givenUp } = enter(place);
      const digests = givenUp.get(tag) ?? new Set();
      givenUp.set(tag, digests.add(digest));
      removeLater(owner, () => digests.delete(digest));
    },
    isGivenUp: (place, tag, digest) => find(place)?.givenUp.get(tag)?.has(digest) ?? false,
    wantManifest(place, digest, owner) {
      const { manifests } = enter(place);
      const owners = manifests.get(digest) ?? new Set();
      if (owners.has(owner)) return;
      manifests.set(digest, owners.add(owner));
      removeLater(owner, () => owners.delete(owner));
    },
    wantUntagged(place, digest, owner, isNew) {
      const { untagged } = enter(place);
      const owners = untagged.get(digest) ?? new Map<string, boolean>();
      untagged.set(digest, owners.set(owner, isNew));
      removeLater(owner, () => owners.delete(owner));
      return [...owners].find(([other, isNewToOther]) => other !== owner && (isNew || isNewToOther))?.[0];
    },
    tagOwner: (place, tag) => find(place)?.tags.get(tag),
    manifestOwner: (place, digest) => find(place)?.manifests.get(digest)?.values().next().value,
    tagsIn: (place) => [...(find(place)?.tags.keys() ?? [])],
    otherAddresses(place, tagOrDigest) {
      const { address: own, repository } = partsOf(place);
      const others = [...placesOf(repository)].filter(({ address }) => address !== own);
      return others.filter((names) => isWanted(names, tagOrDigest)).map(({ address }) => address);
    },
    forget(owner) {
      for (const remove of removals.get(owner) ?? []) remove();
      removals.delete(owner);
    },
  };
}

function isWanted({ tags, manifests }: PlaceNames, tagOrDigest: string): boolean {
  return tags.has(tagOrDigest) || (manifests.get(tagOrDigest)?.size ?? 0) > 0;
}

/** The names of this machine (`localhost`, `127.0.0.1`, `[::1]`) are one: a registry there has all of them. */
function partsOf(place: string): { readonly address: string; readonly repository: string } {
  const end = place.indexOf("/");
  const address = place.slice(0, end).replace(/^(127\.0\.0\.1|\[::1\])(?=:|$)/, "localhost");
  return { address, repository: place.slice(end + 1) };
}
