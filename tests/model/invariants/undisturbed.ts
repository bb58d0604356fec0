import type { WireEvent } from "../events";
import type { Report } from "../report";

const quiet = (does: WireEvent["does"]) => (event: WireEvent) => event.does === does;

/** Whether no stranger came during a command, and nothing that answers in a registry's place. */
export function isUndisturbed({ preview, update }: Report): boolean {
  const happened = [preview, update].flatMap((phase) => phase?.happened ?? []);
  return !happened.some(quiet("stranger")) && !happened.some(quiet("page404"));
}

/** Whether nothing at all came in a command's way. */
export function isUntouched({ preview, update }: Report): boolean {
  return [preview, update].every((phase) => (phase?.happened ?? []).length === 0);
}
