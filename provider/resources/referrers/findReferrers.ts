import { referrersTag } from "../../distribution/referrers";
import type { Referrers as Listing, Repository } from "../../distribution/repository";
import { hasCode, hasStatus, ProviderError } from "../../errors";
import { invalidContent } from "../../oci/json";
import type { CopyReferrers, Referrers } from "./referrers";
import { cosignTags } from "./referrers";

const deepestLevel = 4;
const referrerLimit = 10_000;

/**
 * Finds what refers to manifests of a repository: by the referrers API or, where there is none, the fallback tag; and what cosign
 * keeps under tags of its own. Costs a list of tags, then one request for each manifest where there is the API, else two for each
 * that has the fallback tag; and a HEAD for each of cosign's tags.
 * @param subjects - digests of the manifests.
 * @param warn - called for each manifest whose fallback tag names something other than a list of referrers: it has none then.
 * @throws ERR_CONTENT_TOO_LARGE for more than 10,000; ERR_CONTENT_INVALID when they lie more than four levels deep; what listing throws.
 */
export async function findReferrers(
  repository: Repository,
  subjects: readonly string[],
  mode: Exclude<CopyReferrers, "none">,
  warn: (message: string) => void = () => {},
): Promise<Referrers> {
  const found = { referrers: new Map<string, string>(), referrerTags: new Map<string, string>() };
  const visited = new Set(subjects);
  const look = await startLooking(repository, subjects[0], warn);
  let level = subjects;
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const { subject, digests, tags } of await Promise.all(level.map(look))) {
      for (const digest of digests) if (!visited.has(digest)) found.referrers.set(digest, subject);
      for (const [tag, digest] of tags) found.referrerTags.set(tag, digest);
      const reached = [...digests, ...tags.map(([, digest]) => digest)].filter((digest) => !visited.has(digest));
      for (const digest of reached) {
        visited.add(digest);
        next.push(digest);
      }
    }
    if (found.referrers.size + found.referrerTags.size > referrerLimit) throw tooMany(repository);
    if (depth > deepestLevel && next.length > 0) throw tooDeep(repository);
    level = mode === "recursive" ? next : [];
  }
  return {
    referrers: Object.fromEntries(found.referrers),
    referrerTags: Object.fromEntries(found.referrerTags),
  };
}

/** The referrers of one manifest. */
interface Found {
  readonly subject: string;
  readonly digests: readonly string[];
  readonly tags: readonly (readonly [tag: string, digest: string])[];
}

/** Asks once whether there is the API, and for the tags: then nobody asks for what cannot be there. */
async function startLooking(
  repository: Repository,
  first: string | undefined,
  warn: (message: string) => void,
): Promise<(subject: string) => Promise<Found>> {
  const [listed, answer] = await Promise.all([listedTags(repository), first && repository.listReferrers(first)]);
  const mayBeThere = (tag: string) => listed === undefined || listed.has(tag);
  const usable = (subject: string, { descriptors, source, tagged }: Listing) => {
    if (source === "notAList") warn(notAList(repository, subject, tagged));
    return descriptors;
  };
  const hasApi = answer && answer.source === "api";
  const referrersOf = async (subject: string) => {
    if (answer && subject === first) return usable(subject, answer);
    return hasApi || mayBeThere(referrersTag(subject)) ? usable(subject, await repository.listReferrers(subject)) : [];
  };
  return async (subject) => {
    const tags = cosignTags(subject)
      .filter(mayBeThere)
      .map(async (tag) => {
        const descriptor = await repository.headManifest(tag);
        return descriptor ? [[tag, descriptor.digest] as const] : [];
      });
    const digests = (await referrersOf(subject)).map(({ digest }) => digest);
    return { subject, digests, tags: (await Promise.all(tags)).flat() };
  };
}

function notAList({ address, name }: Repository, subject: string, tagged = "something else"): string {
  return `referrers of ${subject} are not copied: ${address}/${name}:${referrersTag(subject)} names ${tagged}, which is no list of them.`;
}

/** @returns `undefined` where they are too many, or may not be listed: then each is looked for. */
async function listedTags(repository: Repository): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await repository.listTags());
  } catch (error) {
    const isUnlisted = hasCode(error, "ERR_CONTENT_TOO_LARGE") || hasCode(error, "ERR_ABSENCE_UNCONFIRMED");
    if (isUnlisted || hasStatus(error, 401, 403, 405)) return undefined;
    throw error;
  }
}

function tooMany({ address, name }: Repository): ProviderError {
  const message = `${address}/${name} has more than ${referrerLimit} referrers of what is copied: so many are not read. Leave copyReferrers out.`;
  return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: referrerLimit });
}

function tooDeep({ address, name }: Repository): Error {
  const problem = `lie more than ${deepestLevel} levels deep; copyReferrers: "direct" takes the first level alone`;
  return invalidContent(`the referrers in ${address}/${name}`, problem);
}
