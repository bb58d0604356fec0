import type { WireEvent } from "../events";
import { type Lab, runStep } from "../lab";
import { isWriting } from "../message";
import type { ModelRegistry } from "../registry";
import type { Report } from "../report";
import { isListTag } from "../tree";
import { withCompany } from "./company";
import { contentOf, differences, listedUnder, probesIn } from "./content";
import type { Taken } from "./stranger";
import { failuresOf, type Undisturbed } from "./undisturbed";

/** A cell, after the command that was disturbed. */
export interface Disturbed {
  readonly peace: Undisturbed;
  readonly lab: Lab;
  readonly registry: ModelRegistry;
  readonly event: WireEvent;
  readonly taken: Taken | undefined;
}

/** Whether a process that came to its end had put something under a tag: a killed one reports nothing. */
export function isOurs({ lab, registry }: Disturbed, tag: string): boolean {
  const killed = killedProcesses(lab);
  const ours = registry.ledger.entries.filter(
    ({ name, request }) => name === tag && request.by === "us" && !killed.has(request.process),
  );
  return ours.at(-1)?.after !== undefined;
}

function killedProcesses({ reports }: Lab): ReadonlySet<number> {
  return new Set(reports.flatMap(({ update }) => (update && update.deployment === undefined ? [update.number] : [])));
}

/** The command fails, and says whose the tag is. */
export function refused(report: Report, { tag }: Taken): readonly string[] {
  if (report.isGreen) return [`up succeeds, and ${tag} is a stranger's`];
  const failures = failuresOf(report);
  return failures.some((failure) => failure.includes(`${tag} is not ours`))
    ? []
    : [`up fails otherwise: ${failures.join("; ")}`];
}

/** The program is up as if nothing had failed, and a further `up` does nothing. */
export async function isUp(cell: Disturbed, again: Report): Promise<readonly string[]> {
  if (!again.isGreen) return failuresOf(again).map((failure) => `up fails again: ${failure}`);
  const { lab, peace, taken } = cell;
  const actual = contentOf(lab, taken?.digest);
  const further = await runStep(lab, { do: "up" });
  return [
    ...differences(actual, peace.up, (name) => isStrangers(cell, name) || probesLeft(cell).has(name)),
    ...(further.isGreen ? [] : failuresOf(further).map((failure) => `a further up fails: ${failure}`)),
    ...[further.preview, further.update].flatMap((phase) => [
      ...Object.entries(phase?.deployment?.ops ?? {}).flatMap(([name, op]) =>
        op === "same" ? [] : [`a further up would ${op} ${name}`],
      ),
      ...(phase?.journal ?? []).flatMap(({ request, label }) =>
        isWriting(request) ? [`a further up sends ${label}`] : [],
      ),
    ]),
  ];
}

/** Nothing is left that is not left when nothing fails; what a killed process created may be, because the next one adopts it. */
export function isDestroyed(cell: Disturbed, isRefused: boolean): readonly string[] {
  const { lab, peace, registry, taken } = cell;
  const actual = contentOf(lab, taken?.digest);
  const strangers = [...registry.storage.tags.keys()].filter((tag) => isStrangers(cell, tag));
  const excused = withCompany(registry, [...createdByKilled(cell), ...strangers]);
  const isExtra = (name: string) => excused.has(name) || isStrangers(cell, name) || probesLeft(cell).has(name);
  // What never came need not be there, and what the stranger has taken is theirs.
  const isComparable = (name: string) => !isRefused || (actual.has(name) && name !== taken?.tag);
  const wanted = new Map([...peace.end].filter(([name]) => isComparable(name)));
  return differences(actual, wanted, isExtra).map((difference) => `after destroy: ${difference}`);
}

function createdByKilled({ lab, registry: { ledger } }: Disturbed): readonly string[] {
  const killed = killedProcesses(lab);
  return ledger.entries.flatMap(({ name, before, request }) => {
    const isCreated = before === undefined && killed.has(request.process);
    return isCreated && ledger.author(name)?.request.process === request.process ? [name] : [];
  });
}

function isStrangers({ registry, taken }: Disturbed, name: string): boolean {
  // Of a list, no more than an entry is theirs.
  if (isListTag(name)) return false;
  return name === taken?.tag || registry.ledger.author(name)?.request.by === "stranger";
}

/** Of a process that was killed or refused while it learnt how the registry deletes tags; the next one does not look for them. */
function probesLeft({ registry, event }: Disturbed): ReadonlySet<string> {
  return new Set(event.does === "loseAnswer" ? [] : probesIn(registry.storage));
}

/** All that strangers have pushed is there, and what they have tagged or listed still is, unless the tag was ours to move back. */
export function strangersStand(
  { registry: { storage, ledger }, taken }: Disturbed,
  isMovedBack: boolean,
): readonly string[] {
  const pushed = ledger.entries.filter(
    ({ name, after, request }) => request.by === "stranger" && after && name.includes("@"),
  );
  const gone = pushed
    .filter(({ name }) => !storage.manifests.has(name))
    .map(({ name }) => `a stranger's ${name} is gone`);
  if (taken === undefined || isMovedBack) return gone;
  const { tag, digest } = taken;
  const stands = isListTag(tag) ? listedUnder(storage, tag).includes(digest) : storage.tags.get(tag) === digest;
  return stands ? gone : [...gone, `${tag} is a stranger's, and names ${storage.tags.get(tag) ?? "nothing"}`];
}
