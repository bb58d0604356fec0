import type { Repository } from "../../distribution/repository";
import { hasCode, hasStatus, messageOf, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import { withInputPath } from "../properties/inputPath";
import type { TagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { isOwnTag, type ResourceRecord } from "./resourceRecord";
import { summarizeManifest } from "./summarizeManifest";

/** The tags that a resource wants, and what is recorded of it. */
export interface WantedTags {
  readonly target: Target;
  /** The input that names them. */
  readonly input: string;
  readonly tags: readonly string[];
  /** The last inputs: their digest, and what each of their tags was to name. Absent for something new. */
  readonly recorded:
    | { readonly digest: string | undefined; readonly tags: ReadonlyMap<string, string | undefined> }
    | undefined;
  /** Children that no other check in this run covers: the digest, by the name under which drift tells of it. */
  readonly children: Readonly<Record<string, string>>;
  readonly behaviour: TagBehaviour;
  /** Whether only the write tells the digests that the tags will name: then no tag of others is at the right one already. */
  readonly areDigestsMadeByWrite: boolean;
}

/**
 * Reports each tag that names neither what it was last to name nor what it is to name now: of a resource that exists, whose tag it
 * is only its record tells, see {@link judgeSightings}.
 * @param digest - what the own tags are to name; `undefined` while it is not known.
 * @param companions - the other tags, with what each is to name.
 * @throws ERR_TAG_CONFLICT for something new, when a tag names another digest and `onConflict` is `fail`.
 */
export type TagCheck = (digest: string | undefined, companions: Readonly<Record<string, string>>) => Promise<Drift>;

/** The result of a look at one tag or digest, or the reason why it showed nothing. */
type Sight = { readonly found: Descriptor | undefined } | { readonly failure: unknown };

/**
 * Looks at the wanted tags and the children (one HEAD each, a GET for a tag that is new; without tags, at the recorded manifest later on), and writes
 * nothing. The looks begin at once, so that they need not wait for the digest to be worked out.
 */
export function beginTagCheck(context: Context, wanted: WantedTags): TagCheck {
  const repository = repositoryAt(context, wanted.target);
  const look = async (tag: string) => {
    const isExpected = wanted.recorded?.tags.has(tag) ?? false;
    return { tag, sight: await lookAt(context, repository, wanted.target, tag, isExpected) };
  };
  const sights = Promise.all(wanted.tags.filter((tag) => isWatched(wanted, tag)).map(look));
  const children = Promise.all(
    Object.entries(wanted.children).map(async ([name, digest]) => {
      return { name, digest, sight: await lookAt(context, repository, wanted.target, digest) };
    }),
  );
  return async (digest, companions) => {
    const planned = { ...wanted, digest };
    const gone = (await children).flatMap((child) => judgeChild(context, planned, child));
    const others = Object.keys(companions).filter((tag) => isWatched(wanted, tag));
    const all = [...(await sights), ...(await Promise.all(others.map(look)))];
    const drifts = all.map((one) => judgeTag(context, repository, planned, one, companions[one.tag] ?? digest));
    const manifest = wanted.tags.length === 0 ? await checkManifest(context, repository, wanted, digest) : {};
    return { ...manifest, ...Object.fromEntries([...(await Promise.all(drifts)).flat(), ...gone]) };
  };
}

/** Whether check looks at a tag: at one that was listed before only where drift is looked for in each run. */
function isWatched({ recorded, behaviour, areDigestsMadeByWrite }: WantedTags, tag: string): boolean {
  if (recorded?.tags.has(tag)) return behaviour.reconcile === "onUp";
  return !areDigestsMadeByWrite || behaviour.onConflict === "fail";
}

function judgeChild(
  context: Context,
  wanted: PlannedTags,
  { name, digest, sight }: { readonly name: string; readonly digest: string; readonly sight: Sight },
): readonly [string, string][] {
  if ("failure" in sight) {
    excuse(context, wanted, digest, sight.failure);
    return [];
  }
  return sight.found === undefined ? [[name, "gone"]] : [];
}

interface PlannedTags extends WantedTags {
  readonly digest: string | undefined;
}

/** Without a tag the manifest itself is looked at. */
async function checkManifest(
  context: Context,
  repository: Repository,
  wanted: WantedTags,
  digest: string | undefined,
): Promise<Drift> {
  const { recorded, behaviour, target } = wanted;
  if (digest === undefined || recorded?.digest !== digest || behaviour.reconcile !== "onUp") return {};
  const sight = await lookAt(context, repository, target, digest);
  if ("failure" in sight) {
    excuse(context, { ...wanted, digest }, digest, sight.failure);
    return {};
  }
  return sight.found === undefined ? { [digest]: "gone" } : {};
}

async function judgeTag(
  context: Context,
  repository: Repository,
  wanted: PlannedTags,
  { tag, sight }: { readonly tag: string; readonly sight: Sight },
  digest: string | undefined,
): Promise<readonly [string, string][]> {
  if ("failure" in sight) {
    excuse(context, wanted, tag, sight.failure);
    return [];
  }
  const { recorded, behaviour, areDigestsMadeByWrite } = wanted;
  const found = sight.found?.digest;
  if (recorded?.tags.has(tag)) {
    const expected = recorded.tags.get(tag);
    if (found === undefined) return [[tag, "gone"]];
    // Only the outputs tell which digests a run of ACR Tasks has put under its tags.
    return expected === undefined || found === expected || found === digest ? [] : [[tag, found]];
  }
  if (found === undefined || found === digest || behaviour.onConflict === "overwrite") return [];
  if (digest === undefined && !areDigestsMadeByWrite) return [];
  if (context.plan.names.isGivenUp(repositoryName(wanted.target), tag, found)) return [];
  if (recorded === undefined) throw await conflict(repository, tag, found, `${wanted.input}: `);
  return [];
}

/**
 * Holds the tags that `check` has just seen in this process against the record of the resource.
 * @param wanted - the tags that the resource is to put, with what each is to name, as far as that is known.
 * @throws ERR_TAG_CONFLICT for a tag that names something else and is not the resource's own.
 */
export async function judgeSightings(
  context: Context,
  target: Target,
  record: ResourceRecord,
  wanted: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const place = repositoryName(target);
  for (const [tag, digest] of wanted) {
    const held = context.tagSnapshots.last(place, tag)?.descriptor?.digest;
    if (held === undefined || held === digest || isOwnTag(record, tag, held)) continue;
    if (context.plan.names.isGivenUp(place, tag, held)) continue;
    throw await conflict(repositoryAt(context, target), tag, held);
  }
}

/** @param isExpected - whether it should be there. */
async function lookAt(
  context: Context,
  repository: Repository,
  target: Target,
  tagOrDigest: string,
  isExpected = true,
): Promise<Sight> {
  try {
    const look = () => (isExpected ? repository.headManifest(tagOrDigest) : repository.lookForManifest(tagOrDigest));
    const found = await withInputPath("registry", true, look);
    context.tagSnapshots.record(repositoryName(target), tagOrDigest, found);
    return { found };
  } catch (failure) {
    return { failure };
  }
}

/** Warns of a look that failed where the run may go on without it. @throws the failure where it may not. */
function excuse(
  context: Context,
  { target, recorded, digest }: PlannedTags,
  tagOrDigest: string,
  failure: unknown,
): void {
  const name = referenceTo(repositoryName(target), tagOrDigest);
  if (recorded && digest === recorded.digest && isOutOfReach(failure)) {
    context.warn(`drift not checked: ${name} could not be looked at. ${messageOf(failure)}`);
  } else if (recorded === undefined && isHidden(failure)) {
    context.warn(`cannot see whether ${name} exists; decided at write. ${messageOf(failure)}`);
  } else throw failure;
}

/** Whether an error says no more than that a thing may not be seen, or that it is not clear whether it is there. */
export function isHidden(error: unknown): boolean {
  return hasStatus(error, 401, 403) || hasCode(error, "ERR_ABSENCE_UNCONFIRMED");
}

/** Whether an error says no more than that the registry cannot be asked just now. */
export function isOutOfReach(error: unknown): boolean {
  return (
    hasCode(error, "ERR_TRANSPORT") ||
    hasCode(error, "ERR_TIMEOUT") ||
    hasCode(error, "ERR_ABSENCE_UNCONFIRMED") ||
    (hasCode(error, "ERR_REGISTRY") && error.details.status >= 500)
  );
}

/**
 * The error for a tag that somebody else holds: what it holds, and the remedy.
 * @param held - the digest that it names.
 * @param lead - what the message begins with: the input's path, where an input is to blame.
 */
export async function conflict(repository: Repository, tag: string, held: string, lead = ""): Promise<ProviderError> {
  const name = `${repository.address}/${repository.name}:${tag}`;
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `${lead}the tag ${name} is not ours and names ${held} (${await summarizeManifest(repository, held)}). ` +
      'Choose another tag, remove that one, or set onConflict: "overwrite" to take it over.',
    { tag, digest: held },
  );
}
