import { failing, type Run } from "./commandRun";
import { reporting, withProvider } from "./protocol";
import { forget, json, keep, type Recorded } from "./state";

/** Reads all that is recorded, and takes over what was found. */
export async function readAll(run: Run): Promise<void> {
  await Promise.all(run.stack.resources.map((one) => failing(run, () => readOne(run, one))));
}

async function readOne({ process, stack, ops }: Run, one: Recorded): Promise<void> {
  const { kind, name, id, outputs } = one;
  const found = await reporting(name, () =>
    process.call(kind, "read", name, (handler) => handler.read(id, json(outputs))),
  );
  ops[name] = "read";
  if (found.id === undefined) return forget(stack, one);
  const read = { ...one, outputs: withProvider(found.props), inputs: withProvider(found.inputs ?? one.inputs) };
  keep(stack, one, read);
  await process.call(kind, "diff", name, (handler) => handler.diff(id, json(read.outputs), json(read.inputs)));
}
