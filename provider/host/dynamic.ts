import type { dynamic } from "@pulumi/pulumi";
import { messageOf } from "../errors";
import type { Context } from "../resources/context";
import type { Lifecycle } from "../resources/lifecycle";
import { PartialFailure } from "../resources/lifecycle";
import type { PropertyBag } from "../resources/properties/bag";
import { knownText } from "../resources/properties/unknown";
import { createCallLimits } from "./callLimits";
import { createUrns } from "./urns";

/** What the handlers of one process share. */
export interface Host {
  /**
   * Makes a call of a lifecycle.
   * @param urn - of the resource that it is about; `undefined` when that is not known.
   * @param work - is given what the call sees of the world; what it throws is thrown.
   */
  call<T>(urn: string | undefined, work: (context: Context) => T | Promise<T>): Promise<T>;
  /** Takes the stack's configuration, as soon as the engine gives it. */
  configure(config: dynamic.Config): void;
}

/**
 * Adapts a lifecycle to Pulumi's dynamic provider protocol: results lose what is `undefined` (the engine fails on it, after the
 * push), errors become failures of check or messages without a stack, and unfinished work is recorded.
 * @param load - gives the lifecycle when it is first needed: a process loads no more than its stack has kinds of resources.
 */
export function dynamicProvider(load: () => Lifecycle, { call, configure }: Host): dynamic.ResourceProvider {
  const urns = createUrns();
  const limits = createCallLimits();
  return {
    configure: async ({ config }) => configure(config),
    async check(olds: PropertyBag, { resourceUrn, callTimeouts, ...news }: PropertyBag) {
      const urn = knownText(resourceUrn);
      if (urn !== undefined) limits.checked(urn, callTimeouts);
      try {
        const { inputs, failures } = await call(urn, (context) => load().check(context, olds, news));
        const result = sanitise(inputs);
        if (urn !== undefined) urns.checked(result, urn);
        return { inputs: result, failures: [...failures] };
      } catch (error) {
        // Without a property: the engine would print that property's value, which may be secret. The message names the path.
        return { inputs: news, failures: [{ property: "", reason: messageOf(error) }] };
      }
    },
    diff: (id, olds: PropertyBag, news: PropertyBag) =>
      reporting(async () => {
        urns.identified(id, news);
        const urn = urns.ofInputs(news) ?? urns.ofId(id);
        const { changes, replaces } = await call(urn, (context) => load().diff(context, id, olds, news));
        return { changes, replaces: [...replaces] };
      }),
    create: (inputs: PropertyBag) =>
      reporting(async () => {
        const urn = urns.ofInputs(inputs);
        const { id, state } = await call(urn, (context) => load().create(limits.bound(context, urn, "create"), inputs));
        // The one that it replaces may have the same id, and is deleted after it, sometimes without a diff.
        urns.identified(id, inputs);
        return { id, outs: sanitise(state) };
      }, inputs),
    // A resource that the program only reads (the option `id`) comes with the program's inputs, as to `check`.
    read: (id, { resourceUrn, callTimeouts: _, ...props }: PropertyBag = {}) =>
      reporting(async () => {
        const urn = knownText(resourceUrn) ?? urns.ofId(id);
        const found = await call(urn, (context) => load().read(context, id, props));
        return found ? { id: found.id, props: sanitise(found.state), inputs: sanitise(found.inputs) } : {};
      }),
    update: (id, olds: PropertyBag, news: PropertyBag) =>
      reporting(async () => {
        const urn = urns.ofInputs(news);
        const { state } = await call(urn, (context) =>
          load().update(limits.bound(context, urn, "update"), id, olds, news),
        );
        return { outs: sanitise(state) };
      }, news),
    delete: (id, props: PropertyBag) =>
      reporting(() => call(urns.ofId(id), (context) => load().delete(context, id, props))),
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
