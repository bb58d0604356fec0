import { cloneLab, type Lab, runStep } from "../lab";
import { isWriting, type ModelRequest, type StackName } from "../message";
import { registriesOf, registryAt } from "../network";
import { containsLater, type Declared } from "../program";
import type { ModelRegistry } from "../registry";
import type { Report } from "../report";
import type { Recorded } from "../state";
import { manifestsUnder } from "../tree";
import { isUndisturbed, isUntouched } from "./undisturbed";

/** In a copy: after an `up` that succeeded, a further one changes nothing and writes nothing. */
export async function sameAsBefore(lab: Lab, report: Report): Promise<readonly string[]> {
  const { step, isGreen } = report;
  if (step.do !== "up" || !isGreen || step.targets || !isUndisturbed(report)) return [];
  const { preview, update } = await runStep(cloneLab(lab), { do: "up" });
  // What is known in an update only makes every preview a change.
  const phases = [containsLater(report.program) ? undefined : preview, update].flatMap((phase) => phase ?? []);
  return phases.flatMap(({ deployment, journal }) => [
    ...(deployment?.failures ?? []).map((failure) => `a further up fails: ${failure}`),
    ...Object.entries(deployment?.ops ?? {}).flatMap(([name, op]) =>
      op === "same" ? [] : [`a further up would ${op} ${name}`],
    ),
    ...journal.filter(({ request }) => isWriting(request)).map(({ label }) => `a further up sends ${label}`),
  ]);
}

/** After a `destroy` that succeeded, nothing of ours is left, as far as `onDelete` says. */
export function whatIsLeft(lab: Lab, report: Report): readonly string[] {
  const { step, stackName, isGreen, before } = report;
  if (step.do !== "destroy" || !isGreen || step.targets || !isUntouched(report)) return [];
  const reports = lab.reports.filter((one) => one.stackName === stackName);
  const killed = new Set(
    lab.reports.flatMap(({ update }) => (update && update.deployment === undefined ? [update.number] : [])),
  );
  // What left while it was "untag" has left its manifests.
  const isEvery = (option: string, value: string) =>
    reports.every(({ program }) => program.every(({ inputs }) => inputs[option] === value));
  if (before.some(({ outputs }) => outputs["onDelete"] === "retain")) return [];
  const ours = { by: stackName, killed };
  const isDeleting = isEvery("onDelete", "delete") && isEvery("onUnlist", "untag");
  const left = registriesOf(lab.network).flatMap((registry) => [
    ...tagsLeft(registry, ours).filter(({ name }) => isRemoved(name, reports, before)),
    ...(before.length > 0 && isDeleting ? manifestsLeft(registry, ours, before) : []),
  ]);
  return left
    .filter(({ name }) => !isTold(reports, name))
    .map(({ name, call }) => `destroy left our ${name} of ${call}`);
}

/** Whether nothing that has left the program may have left this tag behind. */
function isRemoved(name: string, reports: readonly Report[], before: readonly Recorded[]): boolean {
  const isRetaining = ({ inputs: { onUnlist, onDelete } }: Declared) => onUnlist === "retain" || onDelete === "retain";
  const [repository = "", reference = ""] = name.split(/:(.*)/);
  return (
    !reports.some(({ program }) => program.some(isRetaining)) ||
    before.some(({ inputs }) => inputs["repository"] === repository && wantsTag({ inputs }, reference))
  );
}

/** Whose what is left is. */
interface Owner {
  readonly by: StackName;
  /** Processes that were killed. */
  readonly killed: ReadonlySet<number>;
}

interface Left {
  /** `repository:tag` or `repository@digest`. */
  readonly name: string;
  /** Which call wrote it. */
  readonly call: string;
}

/** Whether an `up` whose program still wanted it said in a warning that it stays when its resource goes. */
function isTold(reports: readonly Report[], name: string): boolean {
  const [repository = "", reference = ""] = name.split(/[:@](.*)/);
  return reports.some(({ step, program, update }) => {
    const isWanted = name.includes("@") || program.some((declared) => wantsTag(declared, reference));
    const messages = step.do === "up" && isWanted ? (update?.messages ?? []) : [];
    return messages.some(({ kind, text }) => kind === "warning" && text.includes(repository) && tells(text, reference));
  });
}

function wantsTag({ inputs: { tag, tags, childTag } }: Pick<Declared, "inputs">, wanted: string): boolean {
  return tag === wanted || childTag !== undefined || (Array.isArray(tags) && tags.includes(wanted));
}

function tells(text: string, reference: string): boolean {
  return (
    text.split(/[\s,]+/).some((word) => word.replace(/[:.]$/, "").endsWith(reference)) ||
    text.includes("kept the manifests")
  );
}

/** Lists of referrers and cosign's tags go with the manifests that they are about. */
function tagsLeft({ storage, ledger }: ModelRegistry, { by, killed }: Owner): readonly Left[] {
  return [...storage.tags.keys()].flatMap((tag) => {
    const author = ledger.author(tag)?.request;
    const isExcused = author === undefined || isLost(author, killed) || tag.includes(":sha256-");
    return isExcused || author.by !== by ? [] : [{ name: tag, call: author.call }];
  });
}

function manifestsLeft(
  { storage, ledger }: ModelRegistry,
  { by, killed }: Owner,
  before: readonly Recorded[],
): readonly Left[] {
  const repositories = new Set(before.map(({ outputs }) => String(outputs["repository"])));
  const needed = new Set(
    [...storage.tags].flatMap(([tag, digest]) => {
      const [repository = ""] = tag.split(":");
      return manifestsUnder(storage, repository, digest).map((one) => `${repository}@${one}`);
    }),
  );
  return [...storage.manifests.keys()].flatMap((name) => {
    const author = ledger.author(name)?.request;
    if (author?.by !== by || isLost(author, killed) || needed.has(name)) return [];
    return repositories.has(name.split("@")[0] ?? "") ? [{ name, call: author.call }] : [];
  });
}

/** Whether a write was made by a process that was killed before it could be recorded: what it created, the next run adopts. */
function isLost({ process, call }: ModelRequest, killed: ReadonlySet<number>): boolean {
  return killed.has(process) && !call.startsWith("delete");
}

/** A refresh forgets only what is gone. */
export function forgottenRightly(lab: Lab, { step, before }: Report): readonly string[] {
  if (step.do !== "refresh") return [];
  const forgotten = before.filter(({ name }) => lab.stack.resources.every((one) => one.name !== name));
  return forgotten.flatMap(({ name, outputs }) => {
    const { address } = Object(outputs["registry"]);
    const isThere = registryAt(lab.network, String(address))?.storage.manifests.has(
      `${outputs["repository"]}@${outputs["digest"]}`,
    );
    return isThere ? [`refresh forgot ${name}, whose manifest is there`] : [];
  });
}

/** A command that was to succeed did. */
export function succeeded({ step, isGreen, preview, update }: Report): readonly string[] {
  if (!step.mustSucceed || isGreen) return [];
  const failures = (update ?? preview)?.deployment?.failures ?? ["it was killed"];
  return failures.map((failure) => `it was to succeed: ${failure}`);
}
