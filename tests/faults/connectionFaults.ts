import type { FaultGroup } from "./faultRow";
import { again, byAnswer, fails, impossible, type Rule, undisturbed, unheard } from "./verdict";

/** What every fault is compared with. */
export const noFaults: FaultGroup = {
  title: "Nothing",
  rows: [{ name: "no fault", fault: { kind: "none" }, usually: undisturbed }],
};

/**
 * There is no connection. No request was obeyed before one stood, so sending it again is safe, and helps where somebody restarts.
 */
export const connectionFaults: FaultGroup = {
  title: "No connection",
  rows: [
    { name: "refused", fault: { kind: "connection", how: "refused" }, usually: again },
    { name: "no name server", fault: { kind: "connection", how: "noNameServer" }, usually: again },
    // A name that does not exist is mistyped, and the next second it will not exist either.
    { name: "unknown name", fault: { kind: "connection", how: "unknownHost" }, usually: fails("ERR_TRANSPORT") },
    // Security row 12: no second try with less security.
    {
      name: "bad certificate",
      fault: { kind: "connection", how: "badCertificate" },
      usually: fails("ERR_TLS"),
      tls: true,
    },
    { name: "stalled", fault: { kind: "connection", how: "stalled" }, usually: again, tls: true, stalls: true },
  ],
};

/** A read is repeated. A write was obeyed by then, and what it did is looked for. */
const brokenAnswer: Rule = unheard;

/** There is a connection, and it breaks, or nothing comes over it any more. */
export const breakFaults: FaultGroup = {
  title: "The connection breaks or stalls",
  rows: [
    { name: "reset before the answer", fault: { kind: "cut", at: "unapplied", how: "reset" }, usually: again },
    {
      name: "reset in the request",
      fault: { kind: "cut", at: "request", how: "reset" },
      usually: (operation) => (operation.sendsBody ? again : impossible("the request has no body"))(operation),
    },
    { name: "reset in the answer", fault: { kind: "cut", at: "answer", how: "reset" }, usually: brokenAnswer },
    { name: "early end", fault: { kind: "cut", at: "answer", how: "end" }, usually: brokenAnswer },
    {
      name: "obeyed, but no answer",
      fault: { kind: "cut", at: "applied", how: "reset" },
      usually: (operation) =>
        (operation.requests.unheard === undefined ? impossible("the request changes nothing") : unheard)(operation),
    },
    { name: "stalled headers", fault: { kind: "stall", at: "headers" }, usually: again, stalls: true },
    {
      name: "stalled body",
      fault: { kind: "stall", at: "body" },
      // Where status and headers say everything, a body that never comes is not missed.
      usually: (operation) => byAnswer(operation, { nothing: undisturbed, other: again }),
      stalls: true,
    },
  ],
};
