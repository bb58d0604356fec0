import type { Context } from "../context";
import { endScope, endTagged, handOnToReplacement } from "../deletion/end";
import type { Lifecycle, Observed } from "../lifecycle";
import { repositoryAt } from "../process/repositoryAt";
import { omit, type PropertyBag, pick } from "../properties/bag";
import { formatDrift } from "../properties/drift";
import { recordOutputNames, recordOutputs } from "../properties/recordOutputs";
import { repositoryName, sameTarget } from "../properties/target";
import { check } from "./check";
import { parsePlanned, parsePrevious, placed, type Results } from "./declared";
import { diffProperties } from "./diff";
import { liftedLocks, liftForRemoval } from "./locks";
import { noRecord } from "./resourceRecord";
import { judgeSightings } from "./tagCheck";
import { type TaggedKind, wantedTags } from "./taggedKind";
import { isWritten, write } from "./write";

/** The lifecycle that all kinds of resource with tags share: exact checks, drift, conflicts, and updates that write only if they must. */
export function taggedLifecycle<I, R extends Results, O>(kind: TaggedKind<I, R, O>): Lifecycle {
  const outputs: ReadonlySet<string> = new Set([...kind.outputs.names, ...recordOutputNames]);
  return {
    check: (context, olds, news) => check(kind, context, olds, news),
    async diff(context, _id, state, inputs) {
      const { recorded, record } = parsePrevious(kind, state);
      const planned = parsePlanned(kind, inputs);
      const { target, behaviour } = planned;
      if (target && sameTarget(state, inputs) && behaviour.onConflict === "fail")
        await judgeSightings(context, target, record, wantedTags(kind, planned));
      context.plan.handOn(context.resource, record, repositoryName(recorded.target));
      return diffProperties(state, inputs, outputs);
    },
    async create(context, inputs) {
      const planned = placed(parsePlanned(kind, inputs));
      const place = repositoryName(planned.target);
      const [tag] = planned.tags;
      const id = `${place}${tag === undefined ? kind.untaggedName(planned) : `:${tag}`}`;
      const previous = {
        recorded: undefined,
        outputs: undefined,
        record: context.plan.handedOn(context.resource, place),
      };
      const live = await write(kind, context, { id, state: {}, previous, inputs, planned });
      context.plan.created(context.resource);
      return live;
    },
    read: (context, id, state) => read(kind, context, id, state),
    async update(context, id, state, inputs) {
      const previous = parsePrevious(kind, state);
      const planned = placed(parsePlanned(kind, inputs));
      if (isWritten(kind, previous, planned)) {
        const record = recordOutputs(previous.record, planned.tags);
        return { id, state: { ...inputs, ...pick(state, outputs), ...record } };
      }
      return write(kind, context, { id, state, previous, inputs, planned });
    },
    async delete(context, _id, state) {
      const { recorded, record } = parsePrevious(kind, state);
      const { target, behaviour } = recorded;
      if (handOnToReplacement(context, { target, record })) return;
      const scope = endScope(context, target, behaviour);
      if (scope === "nothing") return;
      const companions = kind.companionTags(recorded.results);
      await liftForRemoval(context, { recorded, record, companions });
      const subject = kind.subject(recorded);
      await endTagged(context, { target, record, ...(subject !== undefined && { subject }) }, scope);
    },
  };
}

async function read<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  id: string,
  state: PropertyBag,
): Promise<Observed | undefined> {
  const previous = parsePrevious(kind, state);
  const { recorded, record } = previous;
  const found = await kind.observe(context, previous);
  // A later destroy does not remove what the state forgets now.
  await repositoryAt(context, recorded.target).finishRemovals();
  if (found === undefined) return undefined;
  const companions = kind.companionTags(recorded.results);
  const observed = { digest: found.results?.digest ?? recorded.results.digest, drift: found.drift };
  const lifted = await liftedLocks(context, { recorded, record, companions }, observed);
  const seen = {
    // Nothing of a resource that this program only reads was put there by it.
    ...recordOutputs(noRecord, []),
    ...omit(state, new Set(["drift"])),
    ...(found.results && kind.results.format(found.results)),
    ...(found.outputs && kind.outputs.format(found.outputs)),
    ...formatDrift({ ...found.drift, ...lifted }),
  };
  return { id, state: seen, inputs: omit(seen, new Set([...kind.outputs.names, ...recordOutputNames])) };
}
