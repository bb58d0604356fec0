import type { Repository } from "../distribution/repository";
import { hasCode, hasStatus, messageOf, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { isDigest } from "../oci/digest";
import { blaming } from "./blame";
import type { Context } from "./context";
import { describeManifest } from "./tagHolder";
import type { TagBehaviour } from "./tagInputs";
import type { Target } from "./target";
import { repositoryName } from "./target";

/** The tags that a resource wants, and what is recorded of it. */
export interface WantedTags {
  readonly target: Target;
  readonly tags: readonly string[];
  /** The digest that the tags are to name; `undefined` while it is not known. */
  readonly digest: string | undefined;
  /** What the last run left: tags in it are ours, whatever they name now. Absent for something new. */
  readonly recorded: { readonly digest: string; readonly tags: readonly string[] } | undefined;
  readonly behaviour: TagBehaviour;
}

/** By tag: the digest that it names instead of ours, or `gone`. Without tags: our digest, gone. */
export type Drift = Readonly<Record<string, string>>;

/**
 * Looks at the wanted tags (one HEAD each; without tags, at the recorded manifest), and writes nothing.
 * @returns what happened to our tags outside Pulumi, where it is neither what is recorded nor what is wanted.
 * @throws ERR_TAG_CONFLICT when a tag that is not ours names another digest and `onConflict` is `fail`.
 */
export async function checkTags(context: Context, wanted: WantedTags): Promise<Drift> {
  const repository = context.registry(wanted.target.connection).repository(wanted.target.repository);
  if (wanted.tags.length === 0) return checkManifest(context, repository, wanted);
  const tags = wanted.tags.filter((tag) => !isOurs(wanted, tag) || wanted.behaviour.reconcile === "onUp");
  const drifts = await Promise.all(tags.map((tag) => checkTag(context, repository, wanted, tag)));
  return Object.fromEntries(drifts.flat());
}

/** Without a tag the manifest itself is looked at. */
async function checkManifest(context: Context, repository: Repository, wanted: WantedTags): Promise<Drift> {
  const { recorded, behaviour } = wanted;
  if (recorded === undefined || recorded.digest !== wanted.digest || behaviour.reconcile !== "onUp") return {};
  const look = await lookAt(context, repository, wanted, recorded.digest);
  return look === undefined ? { [recorded.digest]: "gone" } : {};
}

function isOurs(wanted: WantedTags, tag: string): boolean {
  return wanted.recorded?.tags.includes(tag) ?? false;
}

async function checkTag(
  context: Context,
  repository: Repository,
  wanted: WantedTags,
  tag: string,
): Promise<readonly [string, string][]> {
  const look = await lookAt(context, repository, wanted, tag);
  if (look === "unseen") return [];
  const live = look?.digest;
  if (!isOurs(wanted, tag)) {
    if (look && wanted.digest && live !== wanted.digest && wanted.behaviour.onConflict === "fail") {
      throw await conflict(repository, tag, look);
    }
    return [];
  }
  return live === wanted.recorded?.digest || live === wanted.digest ? [] : [[tag, live ?? "gone"]];
}

async function lookAt(
  context: Context,
  repository: Repository,
  wanted: WantedTags,
  tagOrDigest: string,
): Promise<Descriptor | undefined | "unseen"> {
  const name = `${repositoryName(wanted.target)}${isDigest(tagOrDigest) ? "@" : ":"}${tagOrDigest}`;
  try {
    const found = await blaming("registry", true, () => repository.headManifest(tagOrDigest));
    context.looks.record(repositoryName(wanted.target), tagOrDigest, found);
    return found;
  } catch (error) {
    if (wanted.digest === wanted.recorded?.digest && isOutOfReach(error)) {
      context.warn(`drift not checked: ${name} could not be looked at. ${messageOf(error)}`);
      return "unseen";
    }
    if (wanted.recorded === undefined && hasStatus(error, 401, 403, 404)) {
      context.warn(`cannot see whether ${name} exists; decided at write. ${messageOf(error)}`);
      return "unseen";
    }
    throw error;
  }
}

function isOutOfReach(error: unknown): boolean {
  return (
    hasCode(error, "ERR_TRANSPORT") ||
    hasCode(error, "ERR_TIMEOUT") ||
    (hasCode(error, "ERR_REGISTRY") && error.details.status >= 500)
  );
}

/** The error for a tag that somebody else holds: what it holds, and the remedy. */
export async function conflict(repository: Repository, tag: string, held: Descriptor): Promise<ProviderError> {
  const name = `${repository.address}/${repository.name}:${tag}`;
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `the tag ${name} is not ours and names ${held.digest} (${await describeManifest(repository, held)}). ` +
      'Choose another tag, remove that one, or set onConflict: "overwrite" to take it over.',
    { tag, digest: held.digest },
  );
}
