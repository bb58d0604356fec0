import type { Context } from "../context";
import type { PropertyBag } from "../properties/bag";
import type { Drift } from "../properties/drift";
import type { Declared, Placed, Planned, Previous, ResourceFormat, Results } from "./declared";
import type { WriteProgress } from "./writeProgress";

/** Result of a write, with the outputs that tell of it. */
export interface Written<O> {
  readonly progress: WriteProgress;
  readonly outputs: O;
}

/** A resource as a refresh finds it. */
export interface Observation<R, O> {
  /** Absent: as they were. */
  readonly results?: R;
  /** Absent: as they were. */
  readonly outputs?: O;
  readonly drift: Drift;
}

/** One kind of resource that puts a manifest under tags. */
export interface TaggedKind<I, R extends Results, O> extends ResourceFormat<I, R, O> {
  /** The input that names its tags. */
  readonly tagInput: string;
  /** Whether only a write tells the digests that the tags name. */
  readonly areDigestsMadeByWrite: boolean;
  /** Inputs that the program sends for `check` alone. */
  readonly transient: readonly string[];
  /** Refuses inputs that {@link compute} does not read; `news` has the transient ones. @throws ERR_INPUT_INVALID. */
  refuse(news: PropertyBag): void;
  /** Whether results are those of a resource that was planned as a whole. */
  isComplete(results: R): boolean;
  /** The tags of manifests beside the resource's own: of an index's children, and those of cosign. By tag, the digest. */
  companionTags(results: R): Readonly<Record<string, string>>;
  /** The digests of all manifests that the resource needs in its repository, as far as they are known. */
  manifests(results: R): readonly string[];
  /**
   * Computes `digest` and everything else that can be known before it is written.
   * @param recorded - the resource as it was last checked, in the same repository.
   */
  compute(context: Context, declared: Declared<I>, recorded: Planned<I, R> | undefined): Promise<R>;
  /**
   * The children that no other check in this run covers: the digest, by the name under which drift tells of it.
   * @param listing - the resource whose results list them: as it was last checked, or as it is planned now.
   */
  children(declared: Declared<I>, listing: Planned<I, R>): Readonly<Record<string, string>>;
  /** Checks for further content of the recorded resource that can be lost outside Pulumi; absent when there is none. */
  watch?(context: Context, recorded: Placed<Planned<I, R>>): Promise<Drift>;
  /**
   * Makes sure that lost content can be copied or pushed again.
   * @param lost - the digests of children that are gone.
   * @param recorded - the resource as it was last checked, with the drift that a refresh has seen.
   * @throws ERR_NOT_FOUND naming the image.
   */
  assertRestorable(
    context: Context,
    planned: Placed<Planned<I, R>>,
    lost: readonly string[],
    recorded: Planned<I, R>,
  ): Promise<void>;
  /** Everything that decides what is on the registry, beside tags and locks: where two are equal, nothing is to be written. */
  content(planned: Planned<I, R>): unknown;
  /** The end of the id of a resource without a tag, with its separator. */
  untaggedName(planned: Planned<I, R>): string;
  /** The digest of the manifest that the resource refers to, where it does. */
  subject(planned: Planned<I, R>): string | undefined;
  /** Copies or pushes the content, and puts the manifest under the tags. @throws when nothing was written. */
  write(context: Context, planned: Placed<Planned<I, R>>, previous: Previous<I, R, O>): Promise<Written<O>>;
  /**
   * Observes the resource on the registry, and writes nothing.
   * @returns `undefined` when it is gone.
   * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own).
   */
  observe(
    context: Context,
    state: Previous<I, R, O> & { readonly recorded: Placed<Planned<I, R>> },
  ): Promise<Observation<R, O> | undefined>;
}

/** All tags that a resource wants, with the digest that each is to name, `undefined` while that is not known. */
export function wantedTags<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  { tags, results }: Planned<I, R>,
): ReadonlyMap<string, string | undefined> {
  const own = tags.map((tag) => [tag, results.digest] as const);
  return new Map([...Object.entries(kind.companionTags(results)), ...own]);
}
