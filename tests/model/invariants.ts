import { forgottenRightly, sameAsBefore, succeeded, whatIsLeft } from "./invariants/ends";
import { previewHolds } from "./invariants/preview";
import { programStands } from "./invariants/stands";
import { strangersKept } from "./invariants/strangers";
import type { Lab } from "./lab";
import { registriesOf } from "./network";
import type { Report } from "./report";
import { isListTag } from "./tree";

/**
 * What holds after each command, whatever came before it. Each gives a sentence for everything that does not hold.
 *
 * 1. Nothing that is not ours was overwritten or removed.
 * 2. No tag named something that is not whole.
 * 3. After an `up` that succeeded, the registry is what the program says; a further `up` changes nothing and writes nothing.
 * 4. What a preview showed is what `up` did; what it let pass, `up` did; what it refused, `up` would have refused.
 * 5. After a `destroy` that succeeded nothing of ours is left, as far as `onDelete` says. A `refresh` forgets only what is gone.
 *
 * That a run which failed and was repeated ends as one that never failed is a property of two histories: see `random.ts`.
 *
 * A list of referrers loses an entry just after the referrer. Where moving a tag deletes what it named, an index that still lists
 * this is not whole until its own turn comes.
 *
 * Left out: what was retained is not told from what was forgotten; requests are not counted; texts of messages are not read.
 */
export async function violations(lab: Lab, report: Report): Promise<readonly string[]> {
  return [
    ...strangersKept(report),
    ...report.incomplete.filter((text) => !isPassing(lab, text)).map((tag) => `not whole: ${tag}`),
    ...programStands(lab, report),
    ...(await sameAsBefore(lab, report)),
    ...(await previewHolds(lab, report)),
    ...whatIsLeft(lab, report),
    ...forgottenRightly(lab, report),
    ...succeeded(report),
  ];
}

function isPassing({ network }: Lab, text: string): boolean {
  const isDropping = registriesOf(network).some(({ switches }) => switches.dropsManifestOfMovedTag);
  const [tag = ""] = text.split(" ");
  return isListTag(tag) || (isDropping && text.includes(" after PUT ") && !text.includes(` after PUT ${tag} `));
}
