import type { WireEvent } from "../events";
import { cloneLab, runStep } from "../lab";
import { registryAt } from "../network";
import { address } from "../program";
import { isListTag } from "../tree";
import { type Disturbed, isDestroyed, isOurs, isUp, refused, strangersStand } from "./promises";
import { tagAbout, take } from "./stranger";
import { failuresOf, type Undisturbed } from "./undisturbed";

/** One write of a phase, what becomes of it, and whether a stranger comes before the command is repeated. */
export interface Cell {
  /** From 1. */
  readonly write: number;
  readonly event: WireEvent;
  readonly withStranger: boolean;
}

/** Plays a cell. @returns a sentence for each promise that was not kept, with the request that was disturbed. */
export async function playCell(peace: Undisturbed, { write, event, withStranger }: Cell): Promise<readonly string[]> {
  const entry = peace.writes[write - 1];
  const lab = cloneLab(peace.before);
  const registry = registryAt(lab.network, address);
  if (entry === undefined || registry === undefined) return [`there is no write ${write}`];
  const { to } = peace.phase;
  const { update } = await runStep(lab, { do: "up", program: to, skipPreview: true, events: [event] });
  if (update?.happened.length !== 1) return [`write ${write} was not disturbed`];
  const taken = withStranger ? take(registry, tagAbout(entry, to), peace.writes) : undefined;
  const problems = await repeat({ peace, lab, registry, event, taken });
  const about = taken
    ? `${entry.label} of ${entry.request.call}, ${taken.tag} taken`
    : `${entry.label} of ${entry.request.call}`;
  return problems.map((problem) => `write ${write} (${about}): ${problem}`);
}

async function repeat(cell: Disturbed): Promise<readonly string[]> {
  const { lab, peace, taken } = cell;
  const isWanted = taken !== undefined && peace.up.has(taken.tag) && !isListTag(taken.tag);
  const isTheirs = isWanted && !isOurs(cell, taken.tag);
  const again = await runStep(lab, { do: "up" });
  const repeated = isTheirs ? refused(again, taken) : await isUp(cell, again);
  const destroy = await runStep(lab, { do: "destroy" });
  return [
    ...repeated,
    ...(destroy.isGreen ? [] : failuresOf(destroy).map((failure) => `destroy fails: ${failure}`)),
    ...isDestroyed(cell, isTheirs),
    ...strangersStand(cell, isWanted && !isTheirs),
    // A list of referrers loses an entry just after the referrer, in every destroy.
    ...[again, destroy].flatMap(({ incomplete }) =>
      incomplete.filter((text) => !isListTag(text.split(" ")[0] ?? "")).map((text) => `not whole: ${text}`),
    ),
  ];
}
