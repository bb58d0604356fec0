import { ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { isUnknownPlatform } from "../../oci/platform";
import { parseTag } from "../../oci/reference";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import { at, inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { TagOutcome } from "../tagged/tagOutcome";
import type { TagWrite } from "../tagged/writeTags";
import { writeTags } from "../tagged/writeTags";

/** The template of the tags that children get. */
export type ChildTag = { readonly isKnown: false } | { readonly isKnown: true; readonly template: string };

const placeholders = /\{(tag|os|arch|variant)\}/g;

/**
 * Reads the template of the tags that children get: `{tag}`, `{os}`, `{arch}` and `{variant}` are filled in.
 * @throws ERR_INPUT_INVALID for an unknown placeholder, or when platforms could not be told apart.
 */
export function readChildTag(template: string): ChildTag {
  if (!/\{arch\}/.test(template))
    throw inputError("childTag", "{arch} is needed in it, so that each platform has a tag of its own");
  at("childTag", () => parseTag(template.replace(placeholders, "x")));
  return { isKnown: true, template };
}

/** The tags that one child gets, one for each tag of the index. Attestations and entries without a platform get none. */
function childTags(template: string, tags: readonly string[], { platform }: Descriptor): readonly string[] {
  if (platform === undefined || isUnknownPlatform(platform)) return [];
  const values = { os: platform.os, arch: platform.architecture, variant: platform.variant ?? "" };
  const fill = (tag: string) =>
    template.replace(placeholders, (_, name: "tag" | keyof typeof values) => (name === "tag" ? tag : values[name]));
  return [...new Set(tags.map(fill))];
}

/**
 * The tags that all children get, with the digest that each names.
 * @param tags - the index's own.
 * @throws ERR_INPUT_INVALID when two children would get one tag, or a child one of the index's own.
 */
export function allChildTags(
  template: string,
  tags: readonly string[],
  children: readonly Descriptor[],
): Readonly<Record<string, string>> {
  const named = new Map<string, string>();
  for (const child of children) {
    for (const tag of childTags(template, tags, child)) {
      if (tags.includes(tag)) throw inputError("childTag", `a child would get the tag ${tag}, which is one of tags`);
      if ((named.get(tag) ?? child.digest) !== child.digest)
        throw inputError(
          "childTag",
          `two children would get the tag ${tag}; tell them apart with {os}, {arch} and {variant}`,
        );
      named.set(tag, child.digest);
    }
  }
  return Object.fromEntries(named);
}

/**
 * Tags the children that are in the index's repository already, so that registries which collect untagged manifests keep them.
 * @param wanted - tags with the digests that they are to name.
 * @returns the outcome of each.
 */
export async function tagChildren(
  context: Context,
  target: Target,
  wanted: Readonly<Record<string, string>>,
  write: Pick<TagWrite, "record" | "onConflict">,
): Promise<readonly TagOutcome[]> {
  const repository = repositoryAt(context, target);
  const outcomes = await Promise.all(
    Object.entries(wanted).map(async ([tag, digest]) => {
      const content = await repository.getManifest(digest);
      if (content) return writeTags(context, { target, content, tags: [tag], stay: Object.values(wanted), ...write });
      const reference = `${repositoryName(target)}@${digest}`;
      const error = new ProviderError("ERR_NOT_FOUND", `${reference} is gone, so ${tag} was not written`, {
        reference,
      });
      return [{ tag, result: "failed" as const, error }];
    }),
  );
  return outcomes.flat();
}
