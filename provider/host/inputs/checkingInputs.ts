import { isDeepStrictEqual } from "node:util";
import type { Lifecycle } from "../../resources/lifecycle";
import { omit } from "../../resources/properties/bag";
import { inputProblems } from "./check";
import { expandInputs } from "./expand";
import { platformWarnings } from "./platformNames";
import { inputShapes } from "./shapes";

/**
 * A lifecycle whose check first refuses what the description of its inputs does not have: all mistakes at once, before anything is
 * asked of a registry. It writes out their short forms. Platforms that no runtime knows are warned of when they are new.
 * @param kind - one of those that the description has.
 */
export function checkingInputs(kind: string, lifecycle: Lifecycle): Lifecycle {
  const shape = inputShapes.resources[kind];
  if (shape === undefined) throw new Error(`no resource is a ${kind}`);
  return {
    ...lifecycle,
    async check(context, olds, news) {
      const problems = inputProblems(kind, shape, news, olds);
      // Without a property: the engine would print that property's value, which may be secret.
      if (problems.length > 0) return { inputs: news, failures: problems.map((reason) => ({ property: "", reason })) };
      const unchanged = Object.keys(news).filter((name) => isDeepStrictEqual(news[name], olds[name]));
      for (const warning of platformWarnings(shape, omit(news, new Set(unchanged)))) context.warn(warning);
      return lifecycle.check(context, olds, expandInputs(shape, news));
    },
  };
}
