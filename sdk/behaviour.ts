import type { OptionalInput } from "./input";

/** How a resource with tags behaves towards tags of others, drift and its own end. */
export interface BehaviourArgs {
  /**
   * Whether a tag that is not ours and names another digest is an error, already in preview (`fail`, the default), or is taken over (`overwrite`).
   * A tag that names the very digest already is adopted, and never removed.
   */
  onConflict?: OptionalInput<"fail" | "overwrite">;
  /**
   * The scope of removal when the resource leaves the program, or by destroy: `untag` (default) the tags that this resource created and that still name its digest;
   * `delete` also the manifests that it pushed and that nothing else in the repository names; `retain` nothing.
   */
  onDelete?: OptionalInput<"untag" | "delete" | "retain">;
  /**
   * The fate of a tag that the program no longer lists, and of the tags of a resource that is replaced: `retain` (default)
   * leaves it on the registry, unmanaged; `untag` removes it if this resource created it and it still names the same digest.
   */
  onUnlist?: OptionalInput<"retain" | "untag">;
  /** When drift is looked for: `onUp` (default) in every preview and up, or only `onRefresh`. */
  reconcile?: OptionalInput<"onUp" | "onRefresh">;
  /**
   * Locks tags, or the manifest, against writes and deletion once everything is pushed; Azure Container Registry only. The locks are
   * lifted when they are taken out here, and before the resource's end.
   */
  lock?: OptionalInput<LockArgs>;
  /**
   * The treatment of a lock on a tag that must move, or on content that is to be removed: `fail` (default) with an error that names the lock, or
   * `unlock`, whoever set it. Afterwards only what `lock` names is locked.
   */
  onLocked?: OptionalInput<"fail" | "unlock">;
}

/** The parts of a resource that are locked. */
export interface LockArgs {
  /** The tags, so that nobody moves or removes them. */
  tag?: OptionalInput<boolean>;
  /** The manifest, so that nobody deletes it and no policy collects it. */
  manifest?: OptionalInput<boolean>;
}
