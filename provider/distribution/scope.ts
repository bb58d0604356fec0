import type { Scope } from "./authorization";

// The order in which docker's clients write them. The last two are Azure's, for its own tag API.
const knownActions: readonly string[] = ["pull", "push", "delete", "metadata_read", "metadata_write"];

/**
 * Scopes as a token server wants them: one text for each repository, sorted by repository, each action once and in a fixed
 * order. Equal needs give equal texts, so they serve as a cache key.
 * @param wanted - what the request needs.
 * @param challenged - the `scope` parameter of the registry's challenge. A part of it counts only when it names a repository
 *   of `wanted` and nothing but known actions: a registry cannot widen a token to things that we did not ask about.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/scope.md
 */
export function scopeTexts(wanted: readonly Scope[], challenged = ""): readonly string[] {
  const merged = new Map<string, Set<string>>();
  for (const { repository, actions } of wanted) add(merged, repository, actions);
  for (const part of challenged.split(" ")) {
    const match = /^repository:([^: ]+):([a-z_,]+)$/.exec(part);
    const [repository = "", actions = []] = [match?.[1], match?.[2]?.split(",")];
    if (merged.has(repository) && actions.every((action) => knownActions.includes(action)))
      add(merged, repository, actions);
  }
  return [...merged.keys()].sort().map((repository) => {
    const actions = knownActions.filter((action) => merged.get(repository)?.has(action));
    return `repository:${repository}:${actions.join(",")}`;
  });
}

function add(merged: Map<string, Set<string>>, repository: string, actions: readonly string[]): void {
  merged.set(repository, new Set([...(merged.get(repository) ?? []), ...actions]));
}
