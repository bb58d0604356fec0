import type { PropertyBag } from "../../provider/resources/lifecycle";
import type { ModelProcess } from "./process";
import { type Declared, dependenciesOf } from "./program";
import { json, keep, type Recorded, type Stack } from "./state";

/** What the engine does with a resource. */
export type Op = "create" | "update" | "same" | "replace" | "delete" | "read" | "skip";

/** One resource's step, planned by check and diff. */
export interface PlannedStep {
  readonly op: Op;
  readonly declared: Declared;
  readonly inputs: PropertyBag;
  readonly old: Recorded | undefined;
}

/** What a check refused, or another call threw. */
export class StepError extends Error {
  override readonly name = "StepError";
}

const provider = "model";

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

/** Applies a step in an update. @returns the outputs. @throws StepError; then the state holds what was done. */
export async function applyStep(process: ModelProcess, stack: Stack, step: PlannedStep): Promise<PropertyBag> {
  const { op, declared, inputs, old } = step;
  const { kind, name } = declared;
  const recorded = {
    kind,
    name,
    isUnfinished: false,
    isTainted: false,
    isPendingDelete: false,
    dependencies: dependenciesOf(declared),
  };
  if (op === "same" && old) {
    keep(stack, old, { ...old, inputs, dependencies: recorded.dependencies });
    return old.outputs;
  }
  if (op === "update" && old) {
    return partly(
      name,
      async () => {
        const { outs } = await process.call(kind, "update", name, (handler) =>
          handler.update(old.id, json(old.outputs), json(inputs)),
        );
        const outputs = withProvider(outs);
        keep(stack, old, { ...recorded, id: old.id, inputs, outputs });
        return outputs;
      },
      // A failed update leaves the old inputs beside the new outputs.
      ({ properties }) => keep(stack, old, { ...old, outputs: withProvider(properties), isUnfinished: true }),
    );
  }
  const place = (id: string, outputs: PropertyBag, isUnfinished: boolean) => {
    if (old) keep(stack, old, { ...old, isPendingDelete: true });
    keep(stack, undefined, { ...recorded, id, inputs, outputs, isUnfinished });
  };
  return partly(
    name,
    async () => {
      const { id, outs } = await process.call(kind, "create", name, (handler) => handler.create(json(inputs)));
      const outputs = withProvider(outs);
      place(id, outputs, false);
      return outputs;
    },
    // A failed create leaves the wanted inputs.
    ({ id, properties }) => place(id, withProvider(properties), true),
  );
}

interface Partial {
  readonly id: string;
  readonly properties: PropertyBag;
}

async function partly(
  name: string,
  work: () => Promise<PropertyBag>,
  record: (partial: Partial) => void,
): Promise<PropertyBag> {
  try {
    return await work();
  } catch (error) {
    if (isPartial(error)) record(error);
    throw new StepError(`${name}: ${messageOf(error)}`);
  }
}

function isPartial(error: unknown): error is Error & Partial {
  return error instanceof Error && "properties" in error && "id" in error && typeof error.id === "string";
}

/** Turns what a call throws into a failure of the command. */
export async function reporting<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StepError(`${name}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The protocol's server adds the text that finds the provider to whatever it is given. */
export function withProvider(bag: unknown): PropertyBag {
  return { ...json(bag), __provider: provider };
}

const types = { platformImage: "PlatformImage", multiArchImage: "MultiArchImage", importedImage: "ImportedImage" };

function urnOf({ kind, name }: Pick<Declared, "kind" | "name">): string {
  return `urn:pulumi:dev::model::pulumi-nodejs:dynamic/multiarch:${types[kind]}::${name}`;
}
