const mediaTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"];
const headers = { accept: mediaTypes.join(", ") };

/** Somebody who pulls a tag again and again. */
export interface Reader {
  /** Reads the tag and every child of its index. @param when - kept with what is missing. */
  look(when: string): Promise<void>;
  /** The children that were not there when their index was. */
  readonly missing: readonly string[];
}

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

/**
 * A reader of a tag.
 * @param url - of the registry, without a path.
 */
export function readerOf(url: string, repository: string, tag: string): Reader {
  const manifests = `${url}/v2/${repository}/manifests`;
  const missing: string[] = [];

  async function children(): Promise<readonly string[]> {
    const response = await fetch(`${manifests}/${tag}`, { headers });
    const text = await response.text();
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`GET ${tag}: ${response.status} ${text}`);
    const index: Index = JSON.parse(text);
    return index.manifests.map(({ digest }) => digest);
  }

  return {
    missing,
    async look(when) {
      const looks = (await children()).map(async (digest) => {
        const { status } = await fetch(`${manifests}/${digest}`, { method: "HEAD", headers });
        if (status !== 200) missing.push(`${digest} (${status}) at ${when}`);
      });
      await Promise.all(looks);
    },
  };
}
