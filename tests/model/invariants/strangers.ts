import type { LedgerEntry } from "../ledger";
import { labelOf } from "../message";
import type { Program } from "../program";
import type { Phase, Report } from "../report";
import { isListTag } from "../tree";

/** Nothing that is not the stack's own was overwritten or removed. */
export function strangersKept(report: Report): readonly string[] {
  return [...report.changes.values()].flatMap((entries) =>
    entries.flatMap((entry) => {
      const { name, request, previous } = entry;
      if (request.by === "stranger" || previous === undefined || previous.request.by === request.by) return [];
      // Whoever refers to a subject reads its list, adds to it and writes it.
      if (entry.after !== undefined && isListTag(name)) return [];
      const cameDuring = entries.some((other) => other.request === previous.request);
      if (isForeseen(report, entry, cameDuring)) return [];
      const verb = entry.after === undefined ? "removed" : "overwrote";
      return [`${verb} a stranger's ${name} by ${labelOf(request)} of ${request.call}`];
    }),
  );
}

/**
 * Whether a stranger's tag could be moved or removed all the same. No look can exclude that somebody comes just after it; and
 * a tag that is ours, or that a resource is to overwrite, may be moved when check or the refresh before it saw whose it is.
 */
function isForeseen(
  report: Report,
  { name, after, request, previous, wasOurs }: LedgerEntry,
  cameDuring: boolean,
): boolean {
  const isTag = !name.includes("@");
  const looks = looksAt(report.update, name);
  const seen = looks.some(({ digest }) => digest === previous?.after);
  if (isTag && cameDuring && !seen) return true;
  if (after === undefined || !labelOf(request).endsWith(` ${name}`)) return false;
  const seenBefore = looks.some(({ digest, call }) => digest === previous?.after && /^(check|read)/.test(call));
  return seenBefore && (wasOurs || overwrites(report.program));
}

function looksAt(phase: Phase | undefined, name: string) {
  const looks = (phase?.journal ?? []).filter(({ label }) => label === `HEAD ${name}` || label === `GET ${name}`);
  return looks.map(({ digest, request }) => ({ digest, call: request.call }));
}

function overwrites(program: Program): boolean {
  return program.some(({ inputs }) => inputs["onConflict"] === "overwrite");
}
