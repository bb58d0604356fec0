import { execFileSync } from "node:child_process";
import { load } from "js-yaml";

/** One step of a task: it builds an image or pushes images. */
export interface TaskStep {
  readonly id: string;
  /** The words that `docker build` gets, as a shell makes them. */
  readonly build?: readonly string[];
  readonly push?: readonly string[];
  readonly env: readonly string[];
}

/**
 * Reads a task file the way ACR Tasks does: aliases first, then templates, then YAML, and each command cut into words by a real
 * shell. Of templates it knows `{{.Run.…}}` and texts (`{{"…"}}`), which is all that our own tasks use.
 * @param run - what the aliases and templates stand for, by name: `Registry`, `ID`.
 * @throws for what it does not know.
 * @see https://github.com/Azure/acr-builder the agent's own source, which was read for this
 */
export function readTaskFile(text: string, run: Readonly<Record<string, string>>): readonly TaskStep[] {
  const document = load(replaceTemplates(replaceAliases(text), run));
  const { steps } = fields(document);
  if (!Array.isArray(steps)) throw new Error("A task has steps.");
  return steps.map((step, index) => readStep(fields(step), index));
}

function readStep({ id, build, push, env = [] }: Readonly<Record<string, unknown>>, index: number): TaskStep {
  if ((build === undefined) === (push === undefined)) throw new Error(`Step ${index} is neither a build nor a push.`);
  return {
    id: typeof id === "string" ? id : `acb_step_${index}`,
    env: texts(env),
    ...(build !== undefined && { build: shellWords(String(build)) }),
    ...(push !== undefined && { push: texts(push) }),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error(`This is no map: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new Error(`This is no list: ${JSON.stringify(value)}`);
  return value.map(String);
}

function replaceAliases(text: string): string {
  const known = new Set(["ID", "Registry", "RegistryName", "Date", "OS", "Architecture", "Commit", "Branch"]);
  return text.replace(/\$(\$|[A-Za-z0-9]*)/g, (whole, name: string) => {
    if (name === "$") return "$";
    return known.has(name) ? `{{.Run.${name}}}` : whole;
  });
}

function replaceTemplates(text: string, run: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(.*?)\}\}/g, (whole, action: string) => {
    const [, name] = /^ *\.Run\.(\w+) *$/.exec(action) ?? [];
    if (name !== undefined) return run[name] ?? "";
    const [, literal] = /^ *"([^"\\]*)" *$/.exec(action) ?? [];
    if (literal !== undefined) return literal;
    throw new Error(`The template ${whole} is not understood.`);
  });
}

function shellWords(command: string): readonly string[] {
  const script = `for word in "$@"; do printf '%s\\0' "$word"; done`;
  const output = execFileSync("/bin/sh", ["-c", `set -- ${command}\n${script}`], { encoding: "utf8" });
  return output.split("\0").slice(0, -1);
}
