import type { WireEvent } from "../events";
import type { Lab } from "../lab";
import type { Report } from "../report";

const quiet = (does: WireEvent["does"]) => (event: WireEvent) => event.does === does;

/** Whether no stranger came during a command, and nothing that answers in a registry's place. */
export function isUndisturbed({ preview, update }: Report): boolean {
  const happened = [preview, update].flatMap((phase) => phase?.happened ?? []);
  return !happened.some(quiet("stranger")) && !happened.some(quiet("page404"));
}

/** Whether nothing at all came in a command's way; that it took long is no excuse. */
export function isUntouched({ step, preview, update }: Report): boolean {
  if (step.throwsAfter !== undefined) return false;
  return [preview, update].every((phase) => (phase?.happened ?? []).every(({ does }) => does === "wait"));
}

/** Whether strangers have come, and a resource of the program looks for what they did at a refresh only: others may need it. */
export function isUnwatched(lab: Lab, report: Report): boolean {
  return report.program.some(({ inputs }) => inputs["reconcile"] === "onRefresh") && isDisturbedEver(lab, report);
}

/** Whether strangers or the other stack have done anything to the registries so far. */
function isDisturbedEver({ reports }: Lab, { stackName }: Report): boolean {
  return reports.some(
    (report) => report.stackName !== stackName || (report.step.strangers ?? []).length > 0 || !isUndisturbed(report),
  );
}
