import type { PropertyBag } from "../../provider/resources/properties/bag";
import type { ModelProcess } from "./process";
import type { Declared } from "./program";
import { type Op, provider, reporting, StepError, urnOf } from "./protocol";
import { json, type Recorded } from "./state";

/** One resource's step, planned by check and diff. */
export interface PlannedStep {
  readonly op: Op;
  readonly declared: Declared;
  readonly inputs: PropertyBag;
  readonly old: Recorded | undefined;
}

/** Calls check and diff as the engine does. @throws StepError. */
export async function planStep(
  process: ModelProcess,
  declared: Declared,
  old: Recorded | undefined,
  program: PropertyBag,
  isForced: boolean,
): Promise<PlannedStep> {
  const { kind, name } = declared;
  const check = async (olds: PropertyBag): Promise<PropertyBag> => {
    const news = json({ ...program, resourceUrn: urnOf(declared), __provider: provider });
    const result = await process.call(kind, "check", name, (handler) => handler.check(json(olds), news));
    const failures: readonly { reason: string }[] = result.failures ?? [];
    if (failures.length > 0) throw new StepError(`${name}: ${failures.map(({ reason }) => reason).join("; ")}`);
    return { ...json(result.inputs), __provider: provider };
  };
  if (old === undefined) return { op: "create", declared, inputs: await check({}), old };
  if (isForced) return { op: "replace", declared, inputs: await check({}), old };
  const inputs = await check(old.inputs);
  const {
    changes,
    replaces = [],
    deleteBeforeReplace,
  } = await reporting(name, () =>
    process.call(kind, "diff", name, (handler) => handler.diff(old.id, json(old.outputs), json(inputs))),
  );
  if (replaces.length > 0) {
    if (deleteBeforeReplace) throw new Error("the model's engine does not delete before it replaces");
    return { op: "replace", declared, inputs: await check({}), old };
  }
  return { op: changes || old.isUnfinished ? "update" : "same", declared, inputs, old };
}
