import { isDigest } from "../../../provider/oci/digest";
import { routeOf } from "../message";
import { type Program, tagsOf } from "../program";
import type { ModelRegistry } from "../registry";
import { addToList } from "../source";
import { putBytes } from "../strangerPush";
import { act } from "../strangers";
import { isListTag } from "../tree";
import type { Entry } from "../wire";
import { isProbeTag } from "./content";

/** The tag that a stranger takes: the one that a write is about, else the first of its resource, else the first of the program. */
export function tagAbout({ request }: Entry, program: Program): string | undefined {
  const { repository, kind, reference } = routeOf(request.url);
  const name = `${repository}:${reference}`;
  if (kind === "manifests" && !isDigest(reference) && !isProbeTag(name)) return name;
  const resource = program.filter((declared) => request.call.endsWith(` ${declared.name}`));
  return tagsOf(resource)[0] ?? tagsOf(program)[0];
}

/** The digest that a stranger has put under a tag, which is to stand. */
export interface Taken {
  readonly tag: string;
  /** The digest that the tag names, or the digests that it lists. */
  readonly digest: string;
}

/**
 * Takes a tag as a stranger: a list of referrers gets an entry of theirs, any other tag is moved to an index of theirs.
 * @param writes - of a program without a tag, the writes: then a tag of theirs is put on the image that the program pushes last.
 */
export function take(registry: ModelRegistry, tag: string | undefined, writes: readonly Entry[]): Taken {
  if (tag === undefined) return tagLast(registry, writes);
  if (isListTag(tag)) {
    const subject = tag.replace(/^.*:sha256-/, "sha256:");
    return { tag, digest: addToList(registry, tag, subject, "theirs") };
  }
  act(registry, { does: "take", tag });
  return { tag, digest: registry.storage.tags.get(tag) ?? "" };
}

function tagLast(registry: ModelRegistry, writes: readonly Entry[]): Taken {
  const tag = "team/app:theirs";
  const request = writes.at(-1)?.request;
  if (request) putBytes(registry, tag, request.body, String(request.headers["content-type"]));
  // The image's blobs may not be there yet.
  if (!registry.storage.tags.has(tag)) act(registry, { does: "take", tag });
  return { tag, digest: registry.storage.tags.get(tag) ?? "" };
}
