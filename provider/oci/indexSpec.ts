import type { Descriptor } from "./descriptor";
import type { Platform } from "./platform";

/** One thing that an index is asked to list. */
export interface IndexEntry {
  readonly descriptor: Descriptor;
  /** The path of the input that it came from, for errors: `images[1]`. */
  readonly path: string;
}

/** What an index is to be. */
export interface IndexSpec {
  /** Images and attestations in declared order; entries of a source that is an index stand here one by one. */
  readonly entries: readonly IndexEntry[];
  /** `auto`: Docker format if every entry is a Docker manifest and nothing needs OCI, else OCI. */
  readonly format: "auto" | "oci" | "docker";
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  /** Patterns: what they leave out matches anything. */
  readonly requiredPlatforms?: readonly Platform[];
}
