import type { ErrorCode } from "../../provider/errors";
import type { Operation } from "./operations";

/** How an operation ends whose one request had a fault. `requests` is how many it took in all. */
export type Verdict =
  /** As if nothing had happened. */
  | { readonly kind: "recovers"; readonly requests: number }
  /** With another answer, which is the right one to what the registry said; see `Operation.run`. */
  | { readonly kind: "answers"; readonly answer: string; readonly requests: number }
  | { readonly kind: "fails"; readonly code: ErrorCode; readonly requests: number }
  /** The fault cannot happen to this operation. */
  | { readonly kind: "impossible"; readonly reason: string };

/** What a verdict follows from: the operation's own numbers, mostly. */
export type Rule = (operation: Operation) => Verdict;

/** Nothing that the operation needs is touched. */
export const undisturbed: Rule = ({ requests }) => ({ kind: "recovers", requests: requests.undisturbed });

/** The request came to nothing: it is sent again. */
export const again: Rule = ({ requests }) => ({ kind: "recovers", requests: requests.again });

/** The registry has done what was asked, and the client finds out; where nothing is changed, it just asks again. */
export const unheard: Rule = ({ requests }) => ({ kind: "recovers", requests: requests.unheard ?? requests.again });

/** So many requests more than undisturbed. */
export const more =
  (count: number): Rule =>
  ({ requests }) => ({ kind: "recovers", requests: requests.undisturbed + count });

/** The operation ends with the faulty request. */
export const fails =
  (code: ErrorCode): Rule =>
  ({ requests }) => ({ kind: "fails", code, requests: requests.failed });

/** The operation ends with the faulty request, and this is the answer. */
export const answers =
  (answer: string): Rule =>
  ({ requests }) => ({ kind: "answers", answer, requests: requests.failed });

/** The fault cannot happen. @param reason - completes "impossible, because". */
export const impossible =
  (reason: string): Rule =>
  () => ({ kind: "impossible", reason });

const noBody = impossible("the answer has no body");

/** By what is in the right answer's body; where that has none, the fault is impossible unless a rule says otherwise. */
export function byAnswer(
  operation: Operation,
  rules: { readonly nothing?: Rule; readonly head?: Rule; readonly other: Rule },
): Verdict {
  const { nothing = noBody, head = noBody, other } = rules;
  if (operation.answer === "nothing") return nothing(operation);
  return (operation.answer === "head" ? head : other)(operation);
}
