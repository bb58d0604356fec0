import type { dynamic } from "@pulumi/pulumi";
import { messageOf } from "../errors";
import type { Context } from "../resources/context";
import type { Lifecycle, PropertyBag } from "../resources/lifecycle";
import { PartialFailure } from "../resources/lifecycle";

/** What the handlers of one process share. */
export interface Host {
  readonly context: Context;
  /** Takes the stack's configuration, as soon as the engine gives it. */
  configure(config: dynamic.Config): void;
}

/**
 * Adapts a lifecycle to Pulumi's dynamic provider protocol: results lose what is `undefined` (the engine fails on it, after the
 * push), errors become failures of check or messages without a stack, and unfinished work is recorded.
 */
export function dynamicProvider(lifecycle: Lifecycle, { context, configure }: Host): dynamic.ResourceProvider {
  return {
    configure: async ({ config }) => configure(config),
    async check(olds: PropertyBag, news: PropertyBag) {
      try {
        const { inputs, failures } = await lifecycle.check(context, olds, news);
        return { inputs: sanitise(inputs), failures: [...failures] };
      } catch (error) {
        // Without a property: the engine would print that property's value, which may be secret. The message names the path.
        return { inputs: news, failures: [{ property: "", reason: messageOf(error) }] };
      }
    },
    diff: (id, olds: PropertyBag, news: PropertyBag) =>
      reporting(async () => {
        const { changes, replaces, deleteBeforeReplace } = lifecycle.diff(id, olds, news);
        return { changes, replaces: [...replaces], deleteBeforeReplace };
      }),
    create: (inputs: PropertyBag) =>
      reporting(async () => {
        const { id, state } = await lifecycle.create(context, inputs);
        return { id, outs: sanitise(state) };
      }, inputs),
    read: (id, props: PropertyBag = {}) =>
      reporting(async () => {
        const found = await lifecycle.read(context, id, props);
        return found ? { id: found.id, props: sanitise(found.state), inputs: sanitise(found.inputs) } : {};
      }),
    update: (id, olds: PropertyBag, news: PropertyBag) =>
      reporting(async () => ({ outs: sanitise((await lifecycle.update(context, id, olds, news)).state) }), news),
    delete: (id, props: PropertyBag) => reporting(() => lifecycle.delete(context, id, props)),
  };
}

function sanitise(bag: PropertyBag): PropertyBag {
  return JSON.parse(JSON.stringify(bag));
}

async function reporting<T>(work: () => Promise<T>, inputs: PropertyBag = {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PartialFailure ? initialisationError(error, inputs) : silentError(error);
  }
}

/** The server prints an error's stack as well as its message: users want only the message. */
function silentError(error: unknown): Error {
  const silent = new Error(messageOf(error));
  silent.stack = "";
  return silent;
}

/** The shape in which the protocol takes a resource that is only partly done; without `__provider` it could not be read again. */
function initialisationError({ live, reasons }: PartialFailure, inputs: PropertyBag): Error {
  const properties = { ...sanitise(live.state), __provider: inputs["__provider"] };
  return Object.assign(silentError(reasons.join("\n")), { id: live.id, properties, reasons: [...reasons] });
}
