import type { PropertyBag } from "../../provider/resources/lifecycle";
import { unknownValue } from "../../provider/resources/unknown";
import type { Choices } from "./choices";
import type { ModelProcess } from "./process";
import { type Declared, dependenciesOf, flatten, type Program } from "./program";
import { forget, json, keep, liveOne, type Recorded, type Stack } from "./state";
import { applyStep, type Op, type PlannedStep, planStep, reporting, StepError, withProvider } from "./steps";

/**
 * A stand-in for Pulumi's engine, which calls one provider process as CLI 3.259 does (design §9, pulumi.md §1). Checks and
 * diffs come one at a time, in any order that respects dependencies, while creates and updates run beside them; deletes come
 * after all of them, those that depend on others first. In a preview nothing is created: checked inputs stand for outputs.
 *
 * Left out: delete before replace, aliases, components, providers of their own, `ignoreChanges`, `replaceOnChanges`,
 * `retainOnDelete`, `--continue-on-error`, `--exclude`, import, `get`; that the engine goes on for a moment when the provider
 * was killed (it has nothing to record then).
 */
export interface Deployment {
  /** What was done, or in a preview would be, by resource. */
  readonly ops: Readonly<Record<string, Op>>;
  /** What is known of each resource's outputs. */
  readonly outputs: Readonly<Record<string, PropertyBag>>;
  readonly failures: readonly string[];
}

/** How a command is run. */
export interface DeployOptions {
  readonly isPreview: boolean;
  /** `--target`: the others are left as they are. */
  readonly targets?: readonly string[];
  /** `--replace`. */
  readonly replace?: readonly string[];
  /** Whether all that is recorded is read before. */
  readonly refresh?: boolean;
}

interface Run {
  readonly process: ModelProcess;
  readonly stack: Stack;
  readonly options: DeployOptions;
  readonly ops: Record<string, Op>;
  readonly outputs: Record<string, PropertyBag>;
  readonly failures: string[];
}

/** One process of `pulumi preview` or `pulumi up`. A preview leaves the state as it is. */
export async function deploy(
  process: ModelProcess,
  stack: Stack,
  program: Program,
  choices: Choices,
  options: DeployOptions,
): Promise<Deployment> {
  const run: Run = {
    process,
    stack: options.isPreview ? { ...stack } : stack,
    options,
    ops: {},
    outputs: {},
    failures: [],
  };
  if (options.refresh) await readAll(run);
  await registerAll(run, program, choices);
  if (run.failures.length === 0) await deleteAll(run, leftovers(run, program));
  return run;
}

/** `pulumi refresh`. */
export async function refresh(process: ModelProcess, stack: Stack): Promise<Deployment> {
  const run: Run = { process, stack, options: { isPreview: false }, ops: {}, outputs: {}, failures: [] };
  await readAll(run);
  return run;
}

/** `pulumi destroy`. */
export async function destroy(process: ModelProcess, stack: Stack, targets?: readonly string[]): Promise<Deployment> {
  const run: Run = { process, stack, options: { isPreview: false }, ops: {}, outputs: {}, failures: [] };
  await deleteAll(
    run,
    stack.resources.filter(({ name }) => targets === undefined || targets.includes(name)),
  );
  return run;
}

async function registerAll(run: Run, program: Program, choices: Choices): Promise<void> {
  let waiting: readonly Declared[] = program;
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 && run.failures.length === 0) {
    const ready = waiting.filter((one) => dependenciesOf(one).every((name) => run.ops[name] !== undefined));
    const next = choices.of(ready);
    if (next === undefined) {
      if (running.size === 0) throw new Error(`nothing is ready of ${waiting.map(({ name }) => name).join(", ")}`);
      await Promise.race(running);
      continue;
    }
    waiting = waiting.filter((one) => one !== next);
    const step = await failing(run, () => plan(run, next));
    if (step === undefined) break;
    const applied = failing(run, () => apply(run, step)).then(() => {
      running.delete(applied);
    });
    running.add(applied);
  }
  await Promise.all(running);
}

async function plan(run: Run, declared: Declared): Promise<PlannedStep> {
  const { process, stack, options } = run;
  const { name } = declared;
  const old = liveOne(stack, name);
  const { targets, replace = [] } = options;
  if (targets && !targets.includes(name)) return { op: "skip", declared, inputs: {}, old };
  const inputs = flatten(declared, (resource, output) => outputOf(run, resource, output), options.isPreview);
  return planStep(process, declared, old, inputs, old !== undefined && (old.isTainted || replace.includes(name)));
}

function outputOf({ outputs, ops, options }: Run, resource: string, output: string): unknown {
  const found = outputs[resource];
  if (found === undefined) throw new StepError(`${resource} is not there, because it is not among the targets`);
  if (found[output] !== undefined) return found[output];
  // Outputs that nobody has worked out yet.
  return options.isPreview && ops[resource] !== "same" && ops[resource] !== "skip" ? unknownValue : undefined;
}

async function apply(run: Run, step: PlannedStep): Promise<void> {
  const { op, declared, old } = step;
  const { name } = declared;
  const isDone = op === "skip" || run.options.isPreview;
  const outputs = isDone ? shownOutputs(step) : await applyStep(run.process, run.stack, step);
  if (isDone && op === "replace" && old) keep(run.stack, old, { ...old, isPendingDelete: true });
  if (outputs) run.outputs[name] = outputs;
  run.ops[name] = op;
}

function shownOutputs({ op, inputs, old }: PlannedStep): PropertyBag | undefined {
  return op === "same" || op === "skip" ? old?.outputs : inputs;
}

/** What the program does not have any more, and what another one has taken the place of. */
function leftovers({ stack, options }: Run, program: Program): readonly Recorded[] {
  return stack.resources.filter(
    ({ name, isPendingDelete }) =>
      (isPendingDelete || program.every((declared) => declared.name !== name)) &&
      (options.targets === undefined || options.targets.includes(name)),
  );
}

async function deleteAll(run: Run, leaving: readonly Recorded[]): Promise<void> {
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

async function readAll(run: Run): Promise<void> {
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

async function failing<T>({ failures }: Run, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    failures.push(error.message);
    return undefined;
  }
}
