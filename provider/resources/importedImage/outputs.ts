import { optionalString } from "../properties/readers";
import type { BagFormat } from "../tagged/declared";

/** The outputs of a copy, which only a write or a refresh knows. */
export interface ImportOutputs {
  /** The text of the manifest. */
  readonly manifest: string;
}

/** The members of a state that hold the outputs. */
export const importOutputs: BagFormat<ImportOutputs | undefined> = {
  names: ["manifest"],
  parse(bag) {
    const manifest = optionalString(bag, "manifest");
    return manifest === undefined ? undefined : { manifest };
  },
  format: (outputs) => ({ ...outputs }),
};
