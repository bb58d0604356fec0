/** Which resource of this process holds which tag: a delete spares what another resource has just taken. */
export interface Claims {
  /**
   * Claims a tag for a resource; claiming again is harmless.
   * @param tag - `address/repository:tag`.
   * @param owner - the resource's name.
   * @returns the other resource that holds the tag already, if any: then nothing is claimed.
   */
  claim(tag: string, owner: string): string | undefined;
  /** The resource that holds a tag. */
  owner(tag: string): string | undefined;
  /** Every claimed tag of `address/repository`, the bare tag. */
  tagsOf(repository: string): readonly string[];
}

/** Claims of one process, empty at first. */
export function createClaims(): Claims {
  const owners = new Map<string, string>();
  return {
    claim(tag, owner) {
      const holder = owners.get(tag) ?? owner;
      owners.set(tag, holder);
      return holder === owner ? undefined : holder;
    },
    owner: (tag) => owners.get(tag),
    tagsOf: (repository) => {
      const prefix = `${repository}:`;
      return [...owners.keys()].filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
    },
  };
}
