import { type Descriptor, parseDescriptor } from "../../oci/descriptor";
import { list, memberPath, optionalString } from "../properties/readers";
import type { BagFormat } from "../tagged/declared";

/** The outputs of an index, which only a write or a refresh knows. */
export interface IndexOutputs {
  /** The text of the index. */
  readonly manifest: string;
  /** Its attestations, as it lists them. */
  readonly attestations: readonly Descriptor[];
}

/** The members of a state that hold the outputs. */
export const indexOutputs: BagFormat<IndexOutputs | undefined> = {
  names: ["manifest", "attestationManifests"],
  parse(bag) {
    const manifest = optionalString(bag, "manifest");
    const attestations = list(bag, "attestationManifests").map((value, index) =>
      parseDescriptor(value, memberPath("attestationManifests", index)),
    );
    return manifest === undefined ? undefined : { manifest, attestations };
  },
  format: (outputs) => (outputs ? { manifest: outputs.manifest, attestationManifests: outputs.attestations } : {}),
};
