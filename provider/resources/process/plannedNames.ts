/** The tags and manifests that the program wants, and which resource wants each. Places are `address/repository`, owners are URNs. */
export interface PlannedNames {
  /**
   * Enters a tag that a resource wants; entering it again is harmless.
   * @returns another resource that wants the tag, if any: then nothing is entered.
   */
  wantTag(place: string, tag: string, owner: string): string | undefined;
  /** Enters a manifest that a resource needs in a place. */
  wantManifest(place: string, digest: string, owner: string): void;
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

/** Nothing is wanted at first. */
export function createPlannedNames(): PlannedNames {
  const tags = new Map<string, string>();
  const manifests = new Map<string, Set<string>>();
  return {
    wantTag(place, tag, owner) {
      const name = `${withOneLoopback(place)}:${tag}`;
      const holder = tags.get(name) ?? owner;
      tags.set(name, holder);
      return holder === owner ? undefined : holder;
    },
    wantManifest(place, digest, owner) {
      const name = `${withOneLoopback(place)}@${digest}`;
      manifests.set(name, (manifests.get(name) ?? new Set()).add(owner));
    },
    tagOwner: (place, tag) => tags.get(`${withOneLoopback(place)}:${tag}`),
    manifestOwner: (place, digest) => [...(manifests.get(`${withOneLoopback(place)}@${digest}`) ?? [])][0],
    tagsIn(place) {
      const prefix = `${withOneLoopback(place)}:`;
      return [...tags.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
    otherAddresses(place, tagOrDigest) {
      const own = withOneLoopback(place);
      const repository = own.slice(own.indexOf("/"));
      const suffixes = [`${repository}:${tagOrDigest}`, `${repository}@${tagOrDigest}`];
      const names = [...tags.keys(), ...manifests.keys()].filter((name) =>
        suffixes.includes(name.slice(name.indexOf("/"))),
      );
      const addresses = names.map((name) => name.slice(0, name.indexOf("/")));
      return [...new Set(addresses)].filter((address) => address !== own.slice(0, own.indexOf("/")));
    },
    forget(owner) {
      for (const [name, holder] of tags) if (holder === owner) tags.delete(name);
      for (const [name, owners] of manifests) {
        owners.delete(owner);
        if (owners.size === 0) manifests.delete(name);
      }
    },
  };
}

/** The names of this machine (`localhost`, `127.0.0.1`, `[::1]`) are one: a registry there has all of them. */
function withOneLoopback(place: string): string {
  return place.replace(/^(127\.0\.0\.1|\[::1\])(?=[:/])/, "localhost");
}
