import { formatSize } from "../../oci/formatSize";

/** How far the blobs of a resource have come. */
export interface ProgressState {
  readonly layers: { readonly done: number; readonly all: number };
  readonly bytes: { readonly done: number; readonly all: number };
  /** How fast bytes have moved lately. */
  readonly bytesPerSecond: number;
}

/** The state for people: `2 of 5 layers, 120 MB of 256 MB, 85.0 MB/s`; of what has no layers the bytes alone. */
export function formatProgress({ layers, bytes, bytesPerSecond }: ProgressState): string {
  const moved = `${formatSize(bytes.done)} of ${formatSize(bytes.all)}, ${formatSize(bytesPerSecond)}/s`;
  if (layers.all === 0) return moved;
  return `${layers.done} of ${layers.all} ${layers.all === 1 ? "layer" : "layers"}, ${moved}`;
}
