import type { ManifestContent } from "../../distribution/repository";
import type { SourceBlob } from "../../sources/source";
import { repositoryName, type Target } from "../properties/target";

/** The digest that a tag is going to name; `unknown` while that is not known. */
export type PlannedDigest = string | "unknown";

/** The manifests and blobs that the program is going to have in each place, as far as its resources have been checked. */
export interface PlannedContents {
  /** Enters a manifest that a place is going to have, and those of its blobs that can be opened already. */
  offer(place: string, content: ManifestContent, blobs?: readonly SourceBlob[]): void;
  /** Notes that a place is going to have content of another one. */
  copied(place: string, source: Target): void;
  /** Enters the digest that a tag is going to name. */
  nameTag(place: string, tag: string, digest: PlannedDigest): void;
  /** Notes that a resource has taken a tag as the registry has it. @param reader - the resource's URN. */
  wasRead(place: string, tag: string, reader: string, digest: string): void;
  /** The resource that has taken a tag as naming another digest than this one. */
  readerOfOther(place: string, tag: string, digest: string): string | undefined;
  /** The digest that a tag is going to name; `undefined` when no resource puts it. */
  digestOf(place: string, tag: string): PlannedDigest | undefined;
  /** A manifest that a place is going to have. */
  manifest(place: string, digest: string): ManifestContent | undefined;
  /** Notes that a resource checks in this run whether a manifest that it puts is there, or puts it anyway. */
  tend(place: string, digest: string): void;
  /** Whether a resource that is going to have a manifest in a place puts it back there when it is gone. */
  isTended(place: string, digest: string): boolean;
  /** A blob that a place is going to have, if it can be opened already. */
  blob(place: string, digest: string): SourceBlob | undefined;
  /** The places from which content of this one is copied, those of their content too. */
  sourcesOf(place: string): readonly Target[];
}

/** The most bytes of manifests that are kept; what is beyond is read from the registry. */
const limitBytes = 64 * 1024 * 1024;

/** Nothing is planned at first. */
export function createPlannedContents(): PlannedContents {
  const manifests = new Map<string, ManifestContent>();
  const blobs = new Map<string, SourceBlob>();
  const tended = new Set<string>();
  const tags = new Map<string, PlannedDigest>();
  const sources = new Map<string, Map<string, Target>>();
  const reads = new Map<string, Map<string, string>>();
  let keptBytes = 0;
  return {
    offer(place, content, own = []) {
      const { digest } = content.descriptor;
      const name = `${place}@${digest}`;
      if (!manifests.has(name)) keptBytes += content.bytes.length;
      if (keptBytes > limitBytes) return;
      manifests.set(name, content);
      for (const blob of own) blobs.set(`${place}@${blob.descriptor.digest}`, blob);
    },
    copied(place, source) {
      const known = sources.get(place) ?? new Map<string, Target>();
      sources.set(place, known.set(repositoryName(source), source));
    },
    nameTag: (place, tag, digest) => void tags.set(`${place}:${tag}`, digest),
    wasRead(place, tag, reader, digest) {
      const name = `${place}:${tag}`;
      reads.set(name, (reads.get(name) ?? new Map<string, string>()).set(reader, digest));
    },
    readerOfOther: (place, tag, digest) =>
      [...(reads.get(`${place}:${tag}`) ?? [])].find(([, found]) => found !== digest)?.[0],
    digestOf: (place, tag) => tags.get(`${place}:${tag}`),
    manifest: (place, digest) => manifests.get(`${place}@${digest}`),
    tend: (place, digest) => void tended.add(`${place}@${digest}`),
    isTended: (place, digest) => manifests.has(`${place}@${digest}`) && tended.has(`${place}@${digest}`),
    blob: (place, digest) => blobs.get(`${place}@${digest}`),
    sourcesOf(place) {
      const found = new Map<string, Target>();
      const waiting = [place];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        for (const [name, source] of sources.get(next) ?? []) {
          if (found.has(name) || name === place) continue;
          found.set(name, source);
          waiting.push(name);
        }
      return [...found.values()];
    },
  };
}
