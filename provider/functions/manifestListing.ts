/** One manifest of a repository. Plain data: it survives JSON, and `multiarch list --json` prints it. */
export interface ManifestListing {
  readonly digest: string;
  readonly mediaType: string;
  /** Empty for a manifest that is only listed in an index, or named by digest alone. */
  readonly tags: readonly string[];
  /** As `os[(version)]/architecture[/variant]`: an image's one, an index's in its order; empty for what is for no platform. */
  readonly platforms: readonly string[];
  /** Bytes of config and layers, compressed as they are in the registry; of an index, of all that it lists and is there. */
  readonly size: number;
  /** The reason why the manifest, or its config, cannot be read: then platforms and size are incomplete. */
  readonly problem?: string;
  /** When it was pushed, as ISO 8601 has it; absent where the registry does not tell. */
  readonly createdTime?: string;
  /** When it or its tags last changed; absent where the registry does not tell. */
  readonly lastUpdateTime?: string;
}
