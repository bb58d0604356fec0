import type { ModelRegistry } from "./registry";
import { pushImage, putBytes, putIndex, strangerRequest } from "./strangerPush";
import { readManifest } from "./tree";

/**
 * What anybody else may do to a repository, with rights of their own and without a look at what we want. Tags are written
 * `repository:tag`; where one names nothing, or the registry refuses, nothing happens. `take` puts an index of their own there, `retag` another tag of the repository on
 * what one names, `list` an index over what several name; `push` brings an image, `sign` puts a signature where cosign keeps
 * it; `untag` removes a tag, `purge` deletes what a tag names, or one of its children.
 *
 * Left out: what strangers do to blobs, and referrers beside signatures.
 */
export type StrangerAct =
  | { readonly does: "take" | "untag" | "sign"; readonly tag: string }
  | { readonly does: "retag"; readonly from: string; readonly tag: string }
  | { readonly does: "list"; readonly of: readonly string[]; readonly tag: string }
  | { readonly does: "push"; readonly tag: string; readonly text: string; readonly attested?: boolean }
  | { readonly does: "purge"; readonly tag: string; readonly child?: number };

/** Acts as a stranger. */
export function act(registry: ModelRegistry, stranger: StrangerAct): void {
  const { tag } = stranger;
  switch (stranger.does) {
    case "take":
      putIndex(registry, tag, { manifests: [], annotations: { by: `somebody else, for ${tag}` } });
      break;
    case "retag":
      retag(registry, stranger.from, tag);
      break;
    case "list":
      putIndex(registry, tag, { manifests: stranger.of.flatMap((one) => describe(registry, one)) });
      break;
    case "push":
      pushImage(registry, tag, stranger.text, stranger.attested ?? false);
      break;
    case "sign":
      sign(registry, tag);
      break;
    case "untag":
      untag(registry, tag);
      break;
    case "purge":
      purge(registry, tag, stranger.child);
      break;
  }
}

function found({ storage }: ModelRegistry, tag: string) {
  const [repository = "", name = ""] = tag.split(":");
  const digest = storage.tags.get(tag);
  const manifest = storage.manifests.get(`${repository}@${digest}`);
  return digest && manifest ? { repository, name, digest, manifest } : undefined;
}

function retag(registry: ModelRegistry, from: string, tag: string): void {
  const source = found(registry, from);
  const [, name] = tag.split(":");
  if (source) putBytes(registry, `${source.repository}:${name}`, source.manifest.bytes, source.manifest.mediaType);
}

function describe(registry: ModelRegistry, tag: string): readonly object[] {
  const one = found(registry, tag);
  if (one === undefined) return [];
  const { bytes, mediaType } = one.manifest;
  const config = registry.storage.blobs.get(`${one.repository}@${readManifest(one.manifest).config?.digest}`);
  const { os, architecture } = Object(config && JSON.parse(config.toString()));
  return [{ mediaType, digest: one.digest, size: bytes.length, ...(os && { platform: { os, architecture } }) }];
}

function sign(registry: ModelRegistry, tag: string): void {
  const signed = found(registry, tag);
  if (signed === undefined) return;
  const { repository, digest } = signed;
  putIndex(registry, `${repository}:${digest.replace(":", "-")}.sig`, {
    manifests: [],
    annotations: { signs: digest },
  });
}

function untag(registry: ModelRegistry, tag: string): void {
  const one = found(registry, tag);
  if (one) registry.storage.dropTag(one.repository, one.name, strangerRequest("DELETE", tag));
}

function purge(registry: ModelRegistry, tag: string, child: number | undefined): void {
  const one = found(registry, tag);
  if (one === undefined) return;
  const { manifests = [] } = readManifest(one.manifest);
  const digest = child === undefined ? one.digest : manifests[child % Math.max(1, manifests.length)]?.digest;
  if (digest === undefined) return;
  registry.storage.dropManifest(one.repository, digest, strangerRequest("DELETE", `${one.repository}@${digest}`));
}
