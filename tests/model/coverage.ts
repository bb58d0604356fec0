import type { WireEvent } from "./events";
import type { History } from "./history";
import type { Declared } from "./program";
import type { Step } from "./report";

/** By pair of features, such as `up --target + onDelete: retain`: in how many histories both occur. */
export type Coverage = ReadonlyMap<string, number>;

/** Options of resources of which every value is to occur. */
const options = ["onDelete", "onUnlist", "onConflict", "reconcile", "copyReferrers"];

/**
 * Counts in how many histories each pair of features occurs: kinds of resource, values of options, shapes that programs have,
 * commands, interruptions, and acts of strangers before a command or between two requests. Nothing is run.
 *
 * Left out: whether the request at which something was to happen was ever sent.
 */
export function coverageOf(histories: Iterable<History>): Coverage {
  const counts = new Map<string, number>();
  for (const history of histories) {
    const features = [...featuresOf(history)].sort();
    for (const [place, one] of features.entries())
      for (const other of features.slice(place + 1)) {
        const pair = `${one} + ${other}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
  }
  return counts;
}

/** The features of a history. */
export function featuresOf({ steps }: History): ReadonlySet<string> {
  return new Set(
    steps.flatMap((step) => [...(step.program ?? []).flatMap(resource), ...command(step), ...disturbed(step)]),
  );
}

function resource({ kind, inputs }: Declared): readonly string[] {
  const { source, registry, images } = inputs;
  const told = { ...inputs, ...Object(source) };
  const values = options.flatMap((name) => (told[name] === undefined ? [] : [`${name}: ${String(told[name])}`]));
  const isPresent = {
    childTag: inputs["childTag"] !== undefined,
    subject: inputs["subject"] !== undefined,
    "another name of the registry": Object(registry).address === "alias.example",
    "another registry": Object(registry).address === "other.example",
    "a base": Object(Object(source).files)["/app"] !== undefined && Object(source).base !== undefined,
    "a copy of a resource": Object(Object(source).image).use !== undefined,
    "an image that is not known yet": JSON.stringify(images ?? "").includes('"later"'),
  };
  return [kind, ...values, ...Object.entries(isPresent).flatMap(([name, is]) => (is ? [name] : []))];
}

function command({
  do: does,
  stack,
  targets,
  replace = [],
  taint = [],
  refresh,
  throwsAfter,
}: Step): readonly string[] {
  const isUp = does === "up";
  return [
    targets ? `${does} --target` : does,
    ...(isUp && replace.length > 0 ? ["up --replace"] : []),
    ...(isUp && taint.length > 0 ? ["taint"] : []),
    ...(isUp && refresh ? ["up --refresh"] : []),
    ...(throwsAfter === undefined ? [] : ["a program that throws"]),
    ...(stack === "them" ? ["another stack"] : []),
  ];
}

function disturbed({ events = [], strangers = [] }: Step): readonly string[] {
  return [...events.map(interruption), ...strangers.map(({ does }) => `strangers ${does}`)];
}

function interruption(event: WireEvent): string {
  return event.does === "stranger" ? `strangers ${event.act.does} between requests` : event.does;
}
