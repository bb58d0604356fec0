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

/** Claims of one process, empty at first. All names of this machine (`localhost`, `127.0.0.1`, `[::1]`) count as one. */
export function createClaims(): Claims {
  const owners = new Map<string, string>();
  return {
    claim(tag, owner) {
      const name = withOneLoopback(tag);
      const holder = owners.get(name) ?? owner;
      owners.set(name, holder);
      return holder === owner ? undefined : holder;
    },
    owner: (tag) => owners.get(withOneLoopback(tag)),
    tagsOf: (repository) => {
      const prefix = `${withOneLoopback(repository)}:`;
      return [...owners.keys()].filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
    },
  };
}

/** Without this, who renames a local registry would lose the tags that the new resource has just found there. */
function withOneLoopback(name: string): string {
  return name.replace(/^(127\.0\.0\.1|\[::1\])(?=[:/])/, "localhost");
}
