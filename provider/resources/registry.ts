import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../errors";
import type { Context } from "./context";
import type { CheckResult, Lifecycle } from "./lifecycle";
import type { PropertyBag } from "./properties/bag";
import { parseConnection } from "./properties/connectionInput";
import { withInputPath } from "./properties/inputPath";
import { optionalBoolean } from "./properties/readers";
import { containsUnknown, unknownValue } from "./properties/unknown";
import { isOutOfReach } from "./tagged/tagCheck";

/**
 * The lifecycle of `Registry`: a connection whose address and credentials are proved in preview. It owns nothing on the
 * registry, so create, update and delete send no request.
 */
export const registryLifecycle: Lifecycle = {
  check,
  async diff(_context, _id, state, inputs) {
    const names = [...Object.keys(inputs), ...Object.keys(state)].filter((name) => name !== "__provider");
    const changes = names.some((name) => !isDeepStrictEqual(state[name], inputs[name])) || containsUnknown(inputs);
    return { changes, replaces: state["address"] === inputs["address"] ? [] : ["address"] };
  },
  create: async (_context, inputs) => ({ id: String(inputs["address"]), state: inputs }),
  async read(context, id, state) {
    const apiVersion = await ping(context, state);
    const live = { ...state, ...apiVersion };
    return { id, state: live, inputs: live };
  },
  update: async (_context, id, _state, inputs) => ({ id, state: inputs }),
  delete: async () => {},
};

async function check(context: Context, olds: PropertyBag, inputs: PropertyBag): Promise<CheckResult> {
  if (containsUnknown(inputs)) return { inputs: { ...inputs, apiVersion: unknownValue }, failures: [] };
  const connection = parseConnection(inputs, "");
  const known = { ...inputs, address: connection.address };
  return { inputs: { ...known, ...(await pingOrRecorded(context, olds, known)) }, failures: [] };
}

/** Of a Registry that is as it was, a registry out of reach stops nothing: what it said last still stands. */
async function pingOrRecorded(context: Context, olds: PropertyBag, inputs: PropertyBag): Promise<PropertyBag> {
  try {
    return await ping(context, inputs);
  } catch (error) {
    const { apiVersion, __provider: _, ...recorded } = olds;
    const { __provider: __, ...declared } = inputs;
    if (!isOutOfReach(error) || !isDeepStrictEqual(recorded, declared)) throw error;
    context.warn(`registry not reached: ${messageOf(error)}`);
    return apiVersion === undefined ? {} : { apiVersion };
  }
}

async function ping(context: Context, bag: PropertyBag): Promise<{ readonly apiVersion?: string }> {
  if (optionalBoolean(bag, "preflight") === false) return {};
  return withInputPath("", true, () => context.registry(parseConnection(bag, "")).ping());
}
