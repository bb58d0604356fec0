import { createHash } from "node:crypto";

/** A manifest as a registry holds it. */
export interface Manifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** The repository of a registry on this machine, without any of our own client's code: what Azure does is not ours. */
export interface Content {
  /** `undefined`: not there. */
  manifest(tagOrDigest: string): Promise<Manifest | undefined>;
  putManifest(tagOrDigest: string, manifest: Manifest): Promise<void>;
  deleteManifest(digest: string): Promise<void>;
  /** Asked for in two ranges, as Azure wants its sources to answer. */
  blob(digest: string): Promise<Buffer>;
  putBlob(bytes: Buffer): Promise<string>;
}

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * @param url - the registry's origin.
 * @param authorization - of every request, where it wants one.
 */
export function contentOf(url: string, repository: string, authorization?: string): Content {
  const base = `${url}/v2/${repository}`;
  async function request(path: string, init: RequestInit, ...expected: readonly number[]): Promise<Response> {
    const headers = new Headers(init.headers);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const response = await fetch(new URL(path, `${base}/`), { ...init, headers });
    if (expected.includes(response.status)) return response;
    throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`);
  }
  return {
    async manifest(tagOrDigest) {
      const response = await request(`${base}/manifests/${tagOrDigest}`, { headers: { accept } }, 200, 404);
      const bytes = Buffer.from(await response.arrayBuffer());
      return response.ok ? { mediaType: response.headers.get("content-type") ?? "", bytes } : undefined;
    },
    async putManifest(tagOrDigest, { mediaType, bytes }) {
      const init = { method: "PUT", body: new Uint8Array(bytes), headers: { "content-type": mediaType } };
      await request(`${base}/manifests/${tagOrDigest}`, init, 201);
    },
    async deleteManifest(digest) {
      await request(`${base}/manifests/${digest}`, { method: "DELETE" }, 202);
    },
    async blob(digest) {
      const part = async (range: string) => {
        const response = await request(`${base}/blobs/${digest}`, { headers: { range } }, 206, 416);
        return response.ok ? Buffer.from(await response.arrayBuffer()) : Buffer.alloc(0);
      };
      return Buffer.concat([await part("bytes=0-1023"), await part("bytes=1024-")]);
    },
    async putBlob(bytes) {
      const digest = digestOf(bytes);
      const started = await request(`${base}/blobs/uploads/`, { method: "POST" }, 202);
      const upload = new URL(started.headers.get("location") ?? "", `${base}/`);
      upload.searchParams.set("digest", digest);
      const headers = { "content-type": "application/octet-stream" };
      await request(upload.href, { method: "PUT", body: new Uint8Array(bytes), headers }, 201);
      return digest;
    },
  };
}

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What a manifest names: the manifests of an index, or the blobs of an image. */
export interface Named {
  readonly manifests: readonly string[];
  readonly blobs: readonly string[];
}

/** Reads what a manifest names. */
export function namedBy({ bytes }: Manifest): Named {
  const document: {
    readonly manifests?: readonly { readonly digest: string }[];
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string }[];
  } = JSON.parse(bytes.toString("utf8"));
  const { manifests = [], layers = [], config } = document;
  const digests = (descriptors: readonly { readonly digest: string }[]) => descriptors.map(({ digest }) => digest);
  return { manifests: digests(manifests), blobs: digests([...layers, ...(config ? [config] : [])]) };
}
