import { optionalString, stringMap } from "../properties/readers";
import type { BagFormat } from "../tagged/declared";

/** The outputs of a run. */
export interface RunOutputs {
  /** The digest of each platform's image. */
  readonly digests: Readonly<Record<string, string>>;
  readonly runId: string;
}

/** The members of a state that hold the outputs. */
export const runOutputs: BagFormat<RunOutputs | undefined> = {
  names: ["digests", "runId"],
  parse(bag) {
    const runId = optionalString(bag, "runId");
    return runId === undefined ? undefined : { digests: stringMap(bag, "digests") ?? {}, runId };
  },
  format: (outputs) => ({ ...outputs }),
};
