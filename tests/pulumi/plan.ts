import type { CommandResult } from "../support/pulumi";

/** One step of a plan or update. */
export interface Step {
  /** `create`, `update`, `same` … */
  readonly op: string;
  /** The checked inputs, which a preview shows as outputs. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface PreviewOutput {
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly newState?: { readonly inputs?: Readonly<Record<string, unknown>> };
  }[];
}

/**
 * The steps of `preview --json` by the resource's name.
 * @throws when the preview failed.
 */
export function plannedSteps({ stdout, stderr }: CommandResult): ReadonlyMap<string, Step> {
  if (!stdout.startsWith("{")) throw new Error(`This is no plan:\n${stdout}\n${stderr}`);
  const { steps }: PreviewOutput = JSON.parse(stdout);
  return new Map(
    steps.map(({ op, urn, newState }) => [
      urn.slice(urn.lastIndexOf("::") + 2),
      { op, inputs: newState?.inputs ?? {} },
    ]),
  );
}

/** The one step of a plan that is about a resource. @throws when there is none. */
export function plannedStep(plan: ReadonlyMap<string, Step>, name: string): Step {
  const step = plan.get(name);
  if (!step) throw new Error(`The plan has no step for ${name}: ${[...plan.keys()].join(", ")}`);
  return step;
}

/** What a command says under "Diagnostics:", empty when there is nothing. */
export function diagnostics({ stdout }: CommandResult): string {
  return /^Diagnostics:\n([\s\S]*?)\n\n(?=Outputs:|Resources:)/m.exec(stdout)?.[1] ?? "";
}

/** What a command counts under "Resources:", a line each. */
export function resourceCounts({ stdout }: CommandResult): readonly string[] {
  const [, counts = ""] = /^Resources:\n((?: {4}.*\n)+)/m.exec(stdout) ?? [];
  return counts
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}

/** The names of the properties that `preview --diff` marks as changed on a resource, in its order. */
export function markedProperties({ stdout }: CommandResult, type: string): readonly string[] {
  const [, ...resources] = stdout.split(/^ *[~+-]*(?= ?pulumi-nodejs:dynamic)/m);
  const resource =
    resources.find((text) => text.trimStart().startsWith(`pulumi-nodejs:dynamic/multiarch:${type}:`)) ?? "";
  const [shown = ""] = resource.split(/^ *--outputs:--/m);
  return [...shown.matchAll(/^ *[~+-] +(\S+?) *:/gm)].map(([, name = ""]) => name);
}

/** The value that a command shows among the stack's outputs. @throws when it shows none. */
export function shownOutput({ stdout }: CommandResult, name: string): string {
  const [, value] = new RegExp(`^ +[~+-]? *${name} *: "(.*)"$`, "m").exec(stdout) ?? [];
  if (value === undefined) throw new Error(`There is no output ${name}:\n${stdout}`);
  return value;
}

/** The result of a command that must end well. @throws what it said when it did not. */
export async function succeeding(running: Promise<CommandResult>): Promise<CommandResult> {
  const result = await running;
  if (result.code !== 0) throw new Error(`Pulumi ended with code ${result.code}:\n${result.stdout}\n${result.stderr}`);
  return result;
}
