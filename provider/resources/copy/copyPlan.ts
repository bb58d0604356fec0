import type { ManifestContent } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import type { Target } from "../properties/target";

/** The manifests that are copied from a source. */
export interface CopyPlan {
  /** The repository that holds it. */
  readonly source: Target;
  /** The source's own manifest or index, when all of it is copied; absent when only some of its manifests are. */
  readonly root?: ManifestContent;
  /** The manifests that are copied, beside the root: each index after all that it lists. */
  readonly manifests: readonly Descriptor[];
}
