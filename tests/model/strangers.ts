import { labelOf, type ModelRequest } from "./message";
import type { ModelRegistry } from "./registry";

/** What anybody else may do to a repository, with rights of their own and without a look at what we want. */
export type StrangerAct =
  | { readonly does: "take"; readonly tag: string }
  | { readonly does: "retag"; readonly from: string; readonly tag: string }
  | { readonly does: "untag"; readonly tag: string }
  | { readonly does: "deleteManifest"; readonly of: string; readonly child?: number }
  | { readonly does: "putIndex"; readonly tag: string; readonly of: readonly string[] };

const indexType = "application/vnd.oci.image.index.v1+json";

/**
 * Acts as a stranger. Tags are written `repository:tag`; where one names nothing, nothing happens.
 * `take` puts an index of their own there, `retag` another tag on what one names, `putIndex` an index over what several name;
 * `deleteManifest` deletes what a tag names, or one of its children.
 */
export function act(registry: ModelRegistry, stranger: StrangerAct): void {
  const { storage } = registry;
  if (stranger.does === "take") {
    put(registry, stranger.tag, indexType, {
      manifests: [],
      annotations: { by: `somebody else, for ${stranger.tag}` },
    });
    return;
  }
  if (stranger.does === "retag") {
    const manifest = manifestAt(registry, stranger.from);
    if (manifest) send(registry, "PUT", stranger.tag, manifest.bytes, manifest.mediaType);
    return;
  }
  if (stranger.does === "putIndex") {
    const manifests = stranger.of.flatMap((tag) => describe(registry, tag));
    put(registry, stranger.tag, indexType, { manifests, annotations: { by: "somebody else" } });
    return;
  }
  if (stranger.does === "untag") {
    const [repository = "", tag = ""] = stranger.tag.split(":");
    if (storage.tags.has(stranger.tag)) storage.dropTag(repository, tag, request("DELETE", stranger.tag));
    return;
  }
  const manifest = manifestAt(registry, stranger.of);
  const [repository = ""] = stranger.of.split(":");
  const child = manifest && stranger.child !== undefined ? childAt(manifest.bytes, stranger.child) : undefined;
  const digest = stranger.child === undefined ? storage.tags.get(stranger.of) : child;
  if (digest) storage.dropManifest(repository, digest, request("DELETE", `${repository}@${digest}`));
}

function manifestAt({ storage }: ModelRegistry, name: string) {
  const [repository = ""] = name.split(/[:@]/);
  const digest = name.includes("@") ? name.slice(repository.length + 1) : storage.tags.get(name);
  return storage.manifests.get(`${repository}@${digest}`);
}

function childAt(bytes: Buffer, position: number): string | undefined {
  const { manifests = [] }: { manifests?: { digest: string }[] } = JSON.parse(bytes.toString());
  return manifests[position % Math.max(1, manifests.length)]?.digest;
}

function describe(registry: ModelRegistry, name: string): object[] {
  const manifest = manifestAt(registry, name);
  const [repository = ""] = name.split(/[:@]/);
  const digest = name.includes("@") ? name.slice(repository.length + 1) : registry.storage.tags.get(name);
  return manifest ? [{ mediaType: manifest.mediaType, digest, size: manifest.bytes.length }] : [];
}

/** Puts a manifest of a stranger's under a tag. */
export function put(registry: ModelRegistry, name: string, mediaType: string, fields: object): void {
  send(registry, "PUT", name, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields })), mediaType);
}

function send(registry: ModelRegistry, method: "PUT", name: string, body: Buffer, mediaType: string): void {
  const { status } = registry.answer({ ...request(method, name), headers: { "content-type": mediaType }, body });
  if (status >= 300) throw new Error(`a stranger's ${labelOf(request(method, name))} was answered ${status}`);
}

function request(method: "PUT" | "DELETE", name: string): ModelRequest {
  const url = new URL(`https://stranger.example/v2/${name.replace(/[:@]/, "/manifests/")}`);
  return { by: "stranger", process: 0, call: "", method, url, headers: {}, body: Buffer.alloc(0) };
}
