import type { PropertyBag } from "../../provider/resources/properties/bag";
import type { PlannedStep } from "./plan";
import type { ModelProcess } from "./process";
import { dependenciesOf } from "./program";
import { messageOf, StepError, withProvider } from "./protocol";
import { json, keep, type Stack } from "./state";

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
