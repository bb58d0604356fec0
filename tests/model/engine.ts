import type { PropertyBag } from "../../provider/resources/properties/bag";
import { unknownValue } from "../../provider/resources/properties/unknown";
import { applyStep } from "./apply";
import type { Choices } from "./choices";
import { beginRun, type Deployment, type DeployOptions, failing, type Run } from "./commandRun";
import { deleteAll, leftovers } from "./deletes";
import { type PlannedStep, planStep } from "./plan";
import type { ModelProcess } from "./process";
import { type Declared, dependenciesOf, flatten, type Program } from "./program";
import { StepError } from "./protocol";
import { readAll } from "./reads";
import { keep, liveOne, type Stack } from "./state";

/**
 * A stand-in for Pulumi's engine, which calls one provider process as Pulumi CLI 3.259 does. Checks and
 * diffs come one at a time, in any order that respects dependencies, while creates and updates run beside them; deletes come
 * after all of them, those that depend on others first. In a preview nothing is created: checked inputs stand for outputs.
 *
 * Left out: delete before replace, aliases, components, providers of their own, `ignoreChanges`, `replaceOnChanges`,
 * `retainOnDelete`, `--continue-on-error`, `--exclude`, import, `get`; that the engine goes on for a moment when the provider
 * was killed (it has nothing to record then).
 *
 * This is one process of `pulumi preview` or `pulumi up`; a preview leaves the state as it is.
 */
export async function deploy(
  process: ModelProcess,
  stack: Stack,
  program: Program,
  choices: Choices,
  options: DeployOptions,
): Promise<Deployment> {
  const run = beginRun(process, options.isPreview ? { ...stack } : stack, options);
  if (options.refresh) await readAll(run);
  await registerAll(run, program, choices);
  if (run.failures.length === 0) await deleteAll(run, leftovers(run, program));
  return run;
}

/** `pulumi refresh`. */
export async function refresh(process: ModelProcess, stack: Stack): Promise<Deployment> {
  const run = beginRun(process, stack, { isPreview: false });
  await readAll(run);
  return run;
}

/** `pulumi destroy`, with targets `--target-dependents`. */
export async function destroy(process: ModelProcess, stack: Stack, targets?: readonly string[]): Promise<Deployment> {
  const run = beginRun(process, stack, { isPreview: false });
  const going = targets && withDependents(stack, targets);
  await deleteAll(
    run,
    stack.resources.filter(({ name }) => going === undefined || going.has(name)),
  );
  return run;
}

function withDependents({ resources }: Stack, targets: readonly string[]): ReadonlySet<string> {
  const going = new Set(targets);
  for (let size = -1; size < going.size; ) {
    size = going.size;
    for (const { name, dependencies } of resources) if (dependencies.some((one) => going.has(one))) going.add(name);
  }
  return going;
}

async function registerAll(run: Run, program: Program, choices: Choices): Promise<void> {
  const { throwsAfter = program.length, isPreview } = run.options;
  const constructed = isPreview ? program : program.slice(0, throwsAfter);
  let waiting: readonly Declared[] = constructed;
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 && run.failures.length === 0) {
    const ready = waiting.filter((one) => dependenciesOf(one).every((name) => run.registered.has(name)));
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
  if (constructed.length < program.length) run.failures.push("the program threw");
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
  run.registered.add(name);
}

function shownOutputs({ op, inputs, old }: PlannedStep): PropertyBag | undefined {
  return op === "same" || op === "skip" ? old?.outputs : inputs;
}
