import { isDeepStrictEqual } from "node:util";
import { containsUnknown } from "../../../provider/resources/properties/unknown";
import { cloneLab, type Lab, runStep } from "../lab";
import type { LedgerEntry } from "../ledger";
import type { Phase, Report } from "../report";
import { isUntouched, isUnwatched } from "./undisturbed";

/** What a preview showed is what `up` did; what it let pass, `up` did; what it refused, `up` would have refused. */
export async function previewHolds(lab: Lab, report: Report): Promise<readonly string[]> {
  const { preview, update, step } = report;
  if (preview?.deployment === undefined || !isUntouched(report) || isUnwatched(lab, report)) return [];
  const wrote = [...report.changes.values()].flat().filter(writtenBy(preview));
  return [
    ...wrote.map(({ name }) => `a preview wrote ${name}`),
    ...(update ? compare(preview, update) : await refusedRightly(lab, report, preview)),
    ...(step.do === "preview" && report.isGreen ? await kept(lab, report) : []),
  ];
}

function writtenBy({ number }: Phase): (entry: LedgerEntry) => boolean {
  return ({ request }) => request.process === number;
}

function compare(preview: Phase, update: Phase): readonly string[] {
  const [shown, done] = [preview.deployment, update.deployment];
  if (shown === undefined || done === undefined) return [];
  if (done.failures.length > 0) return done.failures.map((failure) => `preview passed, and up failed: ${failure}`);
  // Until a value is known, nobody can say that nothing changes.
  const isOpen = (name: string) => shown.ops[name] === "update" && containsUnknown(shown.outputs[name]);
  const ops = Object.entries(done.ops).flatMap(([name, op]) =>
    shown.ops[name] === op || (op === "same" && isOpen(name))
      ? []
      : [`${name}: preview said ${shown.ops[name]}, and up did ${op}`],
  );
  const values = Object.entries(done.outputs).flatMap(([name, outputs]) =>
    ["digest", "platforms", "repository", "tags"].flatMap((output) => {
      const seen = shown.outputs[name]?.[output];
      if (seen === undefined || agrees(seen, outputs[output])) return [];
      return [
        `${name}: preview showed ${output} ${JSON.stringify(seen)}, and it is ${JSON.stringify(outputs[output])}`,
      ];
    }),
  );
  return [...ops, ...values];
}

/** Unknown members may become anything, but nothing that is known may be another, and no member may come or go. */
function agrees(shown: unknown, actual: unknown): boolean {
  if (!containsUnknown(shown)) return isDeepStrictEqual(shown, actual);
  if (typeof shown !== "object" || shown === null) return true;
  const names = new Set([...Object.keys(shown), ...Object.keys(Object(actual))]);
  return [...names].every((name) => name in shown && agrees(Object(shown)[name], Object(actual)[name]));
}

/** In a copy: the same command without a preview. */
async function refusedRightly(lab: Lab, report: Report, { deployment }: Phase): Promise<readonly string[]> {
  const failures = deployment?.failures ?? [];
  if (failures.length === 0) return [];
  const copy = cloneLab(lab);
  const { isGreen } = await runStep(copy, { ...again(report), do: "up", skipPreview: true });
  return isGreen ? failures.map((failure) => `preview refused what up does: ${failure}`) : [];
}

/** In a copy: the update that a preview alone has promised. */
async function kept(lab: Lab, report: Report): Promise<readonly string[]> {
  const copy = cloneLab(lab);
  const { update } = await runStep(copy, { ...again(report), do: "up", skipPreview: true });
  return update && report.preview ? compare(report.preview, update) : [];
}

/** The command, without what happened before it or would have happened in it. */
function again({ step }: Report): Report["step"] {
  const { strangers: _, switches: __, taint: ___, events: ____, throwsAfter: _____, ...command } = step;
  return command;
}
