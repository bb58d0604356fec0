import { isWriting, labelOf, type ModelRequest } from "./message";
import type { StrangerAct } from "./strangers";

/**
 * Which requests of a process something happens at: the one of that number, from 1; the one of that number among those that
 * write; or those whose label (`PUT team/app:1.0`) begins with a text, `nth` of them or every one.
 */
export type Moment =
  | { readonly request: number }
  | { readonly write: number }
  | { readonly on: string; readonly nth?: number | "every" };

/**
 * What happens there. `refuse`: the answer is this status and code, and nothing is done. `page404`: a gateway answers.
 * `loseAnswer`: it is done, and the connection breaks. `drop`: the connection breaks before anything is done. `kill`: the
 * process ends before it is done, `killAfter` after it. A stranger acts just before it, or with `after` between it and its
 * answer. `wait`: it takes so long that looks of before are not fresh any more.
 */
export type WireEvent = { readonly at: Moment; readonly in?: "preview" } & (
  | { readonly does: "refuse"; readonly status: number; readonly code: string }
  | { readonly does: "page404" | "loseAnswer" | "drop" | "kill" | "killAfter" }
  | { readonly does: "wait"; readonly ms: number }
  | { readonly does: "stranger"; readonly act: StrangerAct; readonly after?: boolean }
);

/** Finds what happens at each request of one process, in their order. */
export function createEvents(events: readonly WireEvent[]): (request: ModelRequest) => readonly WireEvent[] {
  let requests = 0;
  let writes = 0;
  const seen = events.map(() => 0);
  const happens = ({ at }: WireEvent, label: string, index: number): boolean => {
    if ("request" in at) return at.request === requests;
    if ("write" in at) return at.write === writes && !/^(GET|HEAD) /.test(label);
    if (!label.startsWith(at.on)) return false;
    const count = (seen[index] ?? 0) + 1;
    seen[index] = count;
    return at.nth === "every" || count === (at.nth ?? 1);
  };
  return (request) => {
    requests++;
    if (isWriting(request)) writes++;
    const label = labelOf(request);
    return events.filter((event, index) => happens(event, label, index));
  };
}
