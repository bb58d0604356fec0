import { failing, type Run } from "./commandRun";
import type { Program } from "./program";
import { reporting } from "./protocol";
import { forget, json, type Recorded } from "./state";

/** What the program does not have any more, and what another one has taken the place of. */
export function leftovers({ stack, options }: Run, program: Program): readonly Recorded[] {
  return stack.resources.filter(
    ({ name, isPendingDelete }) =>
      (isPendingDelete || program.every((declared) => declared.name !== name)) &&
      (options.targets === undefined || options.targets.includes(name)),
  );
}

/** Deletes resources, those first that nothing else needs. */
export async function deleteAll(run: Run, leaving: readonly Recorded[]): Promise<void> {
  let left = leaving;
  while (left.length > 0 && run.failures.length === 0) {
    const isNeeded = (one: Recorded) => left.some((other) => other !== one && other.dependencies.includes(one.name));
    const free = left.filter((one) => !isNeeded(one));
    // What replaced each other in turn may seem to need each other.
    const now = free.length > 0 ? free : left;
    await Promise.all(now.map((one) => failing(run, () => deleteOne(run, one))));
    left = left.filter((one) => !now.includes(one));
  }
}

async function deleteOne({ process, stack, options, ops }: Run, one: Recorded): Promise<void> {
  const { kind, name, id, outputs, isPendingDelete } = one;
  if (!isPendingDelete) ops[name] = "delete";
  if (options.isPreview) return;
  await reporting(name, () => process.call(kind, "delete", name, (handler) => handler.delete(id, json(outputs))));
  forget(stack, one);
}
