import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context";
import { tidyTags } from "../deletion/tidy";
import type { Live } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { isDrifted } from "../properties/drift";
import { recordOf, recordOutputs } from "../properties/recordOutputs";
import { repositoryName } from "../properties/target";
import type { Placed, Planned, Previous, Results } from "./declared";
import { betweenLocks } from "./locks";
import { type ResourceRecord, unlistedTags } from "./resourceRecord";
import { type TaggedKind, wantedTags } from "./taggedKind";
import { stepFailure, type WriteProgress } from "./writeProgress";

/** One create or update. */
interface Writing<I, R, O> {
  readonly id: string;
  /** The outputs of the last run, `{}` for a new resource. */
  readonly state: PropertyBag;
  readonly previous: Previous<I, R, O>;
  /** The checked inputs. */
  readonly inputs: PropertyBag;
  readonly planned: Placed<Planned<I, R>>;
}

/** Whether the state says that all that the inputs ask for is on the registry, and nothing more of ours. */
export function isWritten<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  { recorded, record }: Previous<I, R, O>,
  planned: Planned<I, R>,
): boolean {
  if (recorded === undefined || record.isUnfinished || isDrifted(recorded.drift) || isDrifted(planned.drift))
    return false;
  const wanted = wantedTags(kind, planned);
  const isPut = ([tag, digest]: readonly [string, string | undefined]) =>
    digest === undefined ? record.managed.has(tag) : record.managed.get(tag)?.digest === digest;
  return (
    [...wanted].every(isPut) &&
    unlistedTags(record, [...wanted.keys()]).length === 0 &&
    isDeepStrictEqual(kind.content(recorded), kind.content(planned)) &&
    isDeepStrictEqual(recorded.lock, planned.lock)
  );
}

/**
 * Brings the registry in line with checked inputs: content, the manifest under its tags; then ends the management of tags that are
 * no longer listed, and locks.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function write<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  writing: Writing<I, R, O>,
): Promise<Live> {
  const { previous, planned } = writing;
  const wanted = [...wantedTags(kind, planned).keys()];
  const companions = previous.recorded ? kind.companionTags(previous.recorded.results) : {};
  const live = await betweenLocks(context, { ...previous, companions }, planned, () =>
    writeAndTidy(kind, context, writing, wanted),
  );
  warnOfAdopted(context, repositoryName(planned.target), previous.record, recordOf(live.state));
  return live;
}

async function writeAndTidy<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  { id, state, previous, inputs, planned }: Writing<I, R, O>,
  wanted: readonly string[],
): Promise<Live> {
  const { tags } = planned;
  const { progress, outputs } = await kind.write(context, planned, previous);
  const settled = { ...omit(inputs, new Set(["drift"])), ...kind.outputs.format(outputs) };
  const stateAfter = (record: ResourceRecord) => ({ ...settled, ...recordOutputs(record, tags) });
  const fail = (failed: WriteProgress) => stepFailure({ id, state }, previous.record, failed, { tags, stateAfter });
  if (progress.failures.length > 0) throw fail(progress);
  try {
    return { id, state: stateAfter(await tidyTags(context, planned, progress.record, wanted)) };
  } catch (error) {
    throw fail({ ...progress, failures: [error] });
  }
}

/** A tag may be one that an earlier run has put before it was killed: then the user expects destroy to remove it. */
function warnOfAdopted(context: Context, place: string, before: ResourceRecord, after: ResourceRecord): void {
  for (const [tag, { digest, isAdopted }] of after.managed)
    if (isAdopted && !before.managed.has(tag))
      context.warn(`adopted ${place}:${tag}: it named ${digest} already, so destroy leaves it`);
}
