import { attestationSubject, isAttestation } from "./attestation";
import { encodeDescriptor } from "./indexEncode";
import type { IndexEntry } from "./indexSpec";

/** An index's entries in their final order, and what a person should know about how they came to it. */
export interface OrderedEntries {
  /** In declared order. */
  readonly images: readonly IndexEntry[];
  /** In the order of the images that they are about; of one image's, in declared order. */
  readonly attestations: readonly IndexEntry[];
  /** One sentence for each entry that was left out. */
  readonly notes: readonly string[];
}

/**
 * Puts entries in an index's order. A descriptor that stands there twice is listed once; an attestation whose image is not
 * there is left out.
 * @param entries - in declared order, images and attestations in any mixture.
 */
export function orderEntries(entries: readonly IndexEntry[]): OrderedEntries {
  const { distinct, notes } = collapse(entries);
  const images = distinct.filter((entry) => !isAttestation(entry.descriptor));
  const all = distinct.filter((entry) => isAttestation(entry.descriptor));
  const digests = [...new Set(images.map((entry) => entry.descriptor.digest))];
  const attestations = digests.flatMap((digest) =>
    all.filter((entry) => attestationSubject(entry.descriptor) === digest),
  );
  const orphans = all.filter((entry) => !attestations.includes(entry));
  return { images, attestations, notes: [...notes, ...orphans.map(orphanNote)] };
}

function collapse(entries: readonly IndexEntry[]): {
  readonly distinct: readonly IndexEntry[];
  readonly notes: readonly string[];
} {
  const first = new Map<string, IndexEntry>();
  const notes: string[] = [];
  for (const entry of entries) {
    const text = encodeDescriptor(entry.descriptor);
    const same = first.get(text);
    if (same === undefined) first.set(text, entry);
    else notes.push(`${entry.path} gives ${entry.descriptor.digest}, as ${same.path} does: it is listed once.`);
  }
  return { distinct: [...first.values()], notes };
}

function orphanNote({ descriptor, path }: IndexEntry): string {
  const subject = attestationSubject(descriptor);
  const reason = subject === undefined ? "it names no image" : `its image ${subject} is not in the index`;
  return `${path}: the attestation ${descriptor.digest} is left out, because ${reason}.`;
}
