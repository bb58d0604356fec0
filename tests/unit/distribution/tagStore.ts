import type { ManifestContent } from "../../../provider/distribution/repository";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { type Answer, type Asked, errorBody } from "./fakeRegistry";

/** The manifests and tags of one repository, answered as distribution answers. */
export interface TagStore {
  /** Tags and what they are at. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Uint8Array>;
  /** What goes along with a tag that is deleted. With `lastTag` a manifest that was put under its digest stays. */
  drops: "nothing" | "manifest" | "manifestWithLastTag";
  /** Answers GET, HEAD and PUT, and lists tags; DELETE of a digest removes it and its tags; DELETE of a tag removes the tag and what `drops` says. */
  answer(asked: Asked): Answer;
}

/** A store with these tags on one manifest. */
export function tagStore(content: ManifestContent, ...names: readonly string[]): TagStore {
  const { digest } = content.descriptor;
  const tags = new Map(names.map((name) => [name, digest]));
  const manifests = new Map([[digest, content.bytes]]);
  const anchored = new Set<string>();
  const unknown = { status: 404, body: errorBody("MANIFEST_UNKNOWN", "manifest unknown") };

  function put(reference: string, bytes: Uint8Array): Answer {
    const written = digestOf(bytes);
    manifests.set(written, bytes);
    if (reference.includes(":")) anchored.add(written);
    else tags.set(reference, written);
    return { status: 201, headers: { "docker-content-digest": written } };
  }

  function remove(reference: string): Answer {
    const at = tags.get(reference);
    if (at !== undefined) return removeTag(reference, at);
    for (const [tag, at] of tags) if (at === reference) tags.delete(tag);
    return manifests.delete(reference) ? { status: 202 } : unknown;
  }

  function removeTag(tag: string, at: string): Answer {
    tags.delete(tag);
    const isLast = ![...tags.values()].includes(at) && !anchored.has(at);
    if (store.drops === "manifest" || (store.drops === "manifestWithLastTag" && isLast)) remove(at);
    return { status: 202 };
  }

  function list(last: string): Answer {
    const listed = [...tags.keys()].sort().filter((tag) => tag > last);
    return { status: 200, body: JSON.stringify({ name: "team/server", tags: listed }) };
  }

  const store: TagStore = {
    tags,
    manifests,
    drops: "nothing",
    answer({ method, path, url, body }) {
      const reference = referenceOf(path);
      if (path.endsWith("/tags/list")) return list(url.searchParams.get("last") ?? "");
      if (method === "PUT") return put(reference, body);
      if (method === "DELETE") return remove(reference);
      const at = tags.get(reference) ?? reference;
      const bytes = manifests.get(at);
      if (bytes === undefined) return unknown;
      const headers = { "docker-content-digest": at, "content-type": mediaTypes.ociIndex };
      return { status: 200, headers, body: bytes };
    },
  };
  return store;
}

/** The tag or digest that a manifest's URL ends with. */
export function referenceOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
