import type { Context } from "./context";
import { inputError } from "./inputs";
import type { Target } from "./target";
import { repositoryName } from "./target";

/**
 * Claims tags for a resource of this run.
 * @param owner - the resource's kind and name.
 * @param path - of the input that names the tags.
 * @throws ERR_INPUT_INVALID naming both resources when another one has claimed a tag.
 */
export function claimTags(
  context: Context,
  target: Target,
  tags: readonly string[],
  owner: string,
  path: string,
): void {
  for (const tag of tags) {
    const name = `${repositoryName(target)}:${tag}`;
    const holder = context.claims.claim(name, owner);
    if (holder)
      throw inputError(path, `${name} is claimed by both ${holder} and ${owner}; a tag can belong to only one`);
  }
}
