import type { ResolvedImage } from "../../sources/source";
import { optionalNumber, optionalString, stringList } from "../properties/readers";
import type { BagFormat } from "../tagged/declared";

/** The outputs of an image, which only a write knows. */
export interface ImageOutputs {
  readonly configDigest: string;
  /** Digests, base first. */
  readonly layers: readonly string[];
  /** The sum of the sizes of config and layers in bytes. */
  readonly size: number;
}

/** The members of a state that hold the outputs. */
export const imageOutputs: BagFormat<ImageOutputs | undefined> = {
  names: ["configDigest", "layers", "size"],
  parse(bag) {
    const configDigest = optionalString(bag, "configDigest");
    if (configDigest === undefined) return undefined;
    return { configDigest, layers: stringList(bag, "layers"), size: optionalNumber(bag, "size") ?? 0 };
  },
  format: (outputs) => ({ ...outputs }),
};

/** The outputs of a resolved image. */
export function outputsOf({ configDigest, layers, blobs }: ResolvedImage): ImageOutputs {
  return { configDigest, layers, size: blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0) };
}
