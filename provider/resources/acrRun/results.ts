import { knownText, unknownValue } from "../properties/unknown";
import type { BagFormat, Results } from "../tagged/declared";

/** The source of a run: the digest of a local folder, or a URL, whose content is not known. */
export type RunSource = { readonly contextDigest: string } | { readonly sourceLocation: string };

/** The results of a check of a run. */
export interface RunResults extends Results {
  /** Each image has a digest of its own, which only its run knows. */
  readonly digest: undefined;
  /** `undefined` while it is not known. */
  readonly source: RunSource | undefined;
}

/** The members of checked inputs and states that hold the results. */
export const runResults: BagFormat<RunResults> = {
  names: ["contextDigest", "sourceLocation"],
  parse(bag) {
    const [contextDigest, sourceLocation] = [knownText(bag["contextDigest"]), knownText(bag["sourceLocation"])];
    if (contextDigest !== undefined) return { digest: undefined, source: { contextDigest } };
    return { digest: undefined, source: sourceLocation === undefined ? undefined : { sourceLocation } };
  },
  format: ({ source }) => ({ ...(source ?? { contextDigest: unknownValue }) }),
};
