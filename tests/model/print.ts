import type { History } from "./history";
import { address, type Declared, type Program } from "./program";
import type { Step } from "./report";

/** A history as a person would write it down: the commands, and the program wherever it changed. */
export function describe({ switches = {}, steps }: History): string {
  const kind = Object.keys(switches).length > 0 ? [`registry: ${JSON.stringify(switches)}`] : [];
  const lines = steps.map((step, place) => {
    const before = place > 0 ? steps[place - 1]?.program : undefined;
    const isSame = JSON.stringify(before) === JSON.stringify(step.program);
    return `${place + 1}. ${describeCommand(step)}${isSame ? "" : `\n${describeProgram(step.program ?? [])}`}`;
  });
  return [...kind, ...lines].join("\n");
}

function describeCommand({ program: _, do: command, order = [], ...options }: Step): string {
  const told = Object.entries({ ...options, order: order.some((number) => number !== 0) ? order : [] });
  const isSaid = ([, value]: [string, unknown]) => value !== undefined && !(Array.isArray(value) && value.length === 0);
  return [command, ...told.filter(isSaid).map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join("  ");
}

function describeProgram(program: Program): string {
  return program.map((declared) => `     ${describeResource(declared)}`).join("\n") || "     (nothing)";
}

function describeResource({ kind, name, inputs }: Declared): string {
  const { registry, source, platform, repository, images, ...others } = inputs;
  const { address: host } = Object(registry);
  const { files } = Object(source);
  const shown = {
    ...(host !== address && { registry: host }),
    ...(repository !== "team/app" && { repository }),
    ...(platform !== undefined && { platform }),
    ...(files ? { file: files["/app"] } : source !== undefined && { source }),
    ...(Array.isArray(images) && { images: images.map(describeImage) }),
    ...Object.fromEntries(Object.entries(others).filter(([name, value]) => usual[name] !== value)),
  };
  return `${name}: ${kind} ${JSON.stringify(shown)}`;
}

/** Choices that go without saying. */
const usual: Readonly<Record<string, unknown>> = {
  onDelete: "untag",
  onUnlist: "untag",
  onConflict: "fail",
  reconcile: "onUp",
};

function describeImage(image: unknown): unknown {
  const { use, output, descriptor } = Object(image);
  if (use !== undefined) return `${use}.${output}`;
  return descriptor === undefined ? image : Object(descriptor).use;
}
