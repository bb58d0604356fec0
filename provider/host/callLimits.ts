import type { Context } from "../resources/context";
import { withDeadline } from "../resources/process/deadline";
import type { PropertyBag } from "../resources/properties/bag";
import { isBag } from "../resources/properties/readers";

/** The calls that `customTimeouts` bound. destroy makes no check, so nothing tells of deletes. */
type BoundCall = "create" | "update";

/**
 * How long calls may take. Dynamic providers are not told of `customTimeouts`, so the program says it to `check`, for the calls about
 * the same resource in the same process.
 */
export interface CallLimits {
  /** @param limits - seconds by call, as the program sends them. */
  checked(urn: string, limits: unknown): void;
  /** The context of a call, which ends in the time that it is given. */
  bound(context: Context, urn: string | undefined, call: BoundCall): Context;
}

/** No limits. */
export function createCallLimits(): CallLimits {
  const byUrn = new Map<string, PropertyBag>();
  return {
    checked(urn, limits) {
      byUrn.set(urn, isBag(limits) ? limits : {});
    },
    bound(context, urn = "", call) {
      const seconds = byUrn.get(urn)?.[call];
      return typeof seconds === "number" && seconds > 0 ? withDeadline(context, seconds) : context;
    },
  };
}
