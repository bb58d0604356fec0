import type { Fault } from "../support/faultyRegistry";
import { tinyChallenge, tinyError } from "../support/tinyRegistry";
import type { FaultGroup } from "./faultRow";
import { again, answers, fails, more, type Rule } from "./verdict";

const retryAfterSeconds = 20;

const registryFailure = fails("ERR_REGISTRY");
/** A mount that is not allowed, or not known, becomes an upload: POST, then POST and PUT. */
const uploads: Rule = () => ({ kind: "recovers", requests: 3 });
/** So does one from the repository itself, which some registries do not know. */
const plainUpload = { mount: uploads, "POST upload": uploads } as const;
/** A refusal to move a tag: a HEAD tells that it is at another digest. */
const immutable: Rule = () => ({ kind: "fails", code: "ERR_TAG_IMMUTABLE", requests: 2 });

/** Where HEAD does not find it, GET answers the same question. */
const heads = { "HEAD tag": more(1), "HEAD blob": more(1) } as const;
const unconfirmed = fails("ERR_ABSENCE_UNCONFIRMED");

const says = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: "instead",
  answer: () => {
    const refusal = tinyError(status, code);
    return { ...refusal, headers: { ...refusal.headers, ...headers } };
  },
});

/** Said by something in front of the registry. */
const page = { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("<html>no such page</html>") };

/**
 * The registry does nothing, and says so. Statuses that may be gone the next moment are tried again, as `docs/architecture.md` lists
 * them; all others are its last word.
 */
export const refusalFaults: FaultGroup = {
  title: "The registry refuses",
  rows: [
    {
      name: "400",
      fault: says(400, "UNSUPPORTED"),
      usually: registryFailure,
      but: { ...heads, ...plainUpload, "DELETE tag": answers("kept") },
    },
    {
      name: "401",
      fault: { kind: "instead", answer: tinyChallenge },
      // A token is fetched, and the request sent again with it. The token server has the last word on who we are.
      usually: more(2),
      but: { token: fails("ERR_AUTH") },
    },
    {
      name: "403",
      fault: says(403, "DENIED"),
      usually: registryFailure,
      but: { ...heads, token: fails("ERR_AUTH"), mount: uploads },
    },
    {
      name: "404",
      fault: says(404, "NAME_UNKNOWN"),
      usually: registryFailure,
      but: {
        ...heads,
        "GET tag": answers("absent"),
        "GET digest": answers("absent"),
        "GET blob": fails("ERR_NOT_FOUND"),
        ...plainUpload,
        "DELETE digest": answers("absent"),
        "DELETE tag": answers("absent"),
        referrers: ({ requests }) => ({ kind: "answers", answer: "fallback tag", requests: requests.undisturbed }),
      },
    },
    {
      name: "404, a page",
      fault: { kind: "instead", answer: () => page },
      usually: registryFailure,
      but: {
        ...heads,
        "GET tag": unconfirmed,
        "GET digest": unconfirmed,
        "GET blob": unconfirmed,
        ...plainUpload,
        // A HEAD shows that it is still there.
        "DELETE digest": () => ({ kind: "fails", code: "ERR_REGISTRY", requests: 2 }),
        // And another HEAD that the tag is: the route may be unknown.
        "DELETE tag": () => ({ kind: "answers", answer: "kept", requests: 10 }),
        referrers: ({ requests }) => ({ kind: "answers", answer: "fallback tag", requests: requests.undisturbed }),
      },
    },
    {
      name: "405",
      fault: says(405, "UNSUPPORTED"),
      usually: registryFailure,
      but: { ...heads, ...plainUpload, "PUT tag": immutable, "DELETE tag": answers("kept") },
    },
    { name: "408", fault: says(408, "UNKNOWN"), usually: again },
    {
      name: "409",
      fault: says(409, "CONFLICT"),
      usually: registryFailure,
      but: { ...heads, "PUT tag": immutable, "DELETE tag": answers("kept") },
    },
    {
      name: "413",
      fault: says(413, "SIZE_INVALID"),
      usually: registryFailure,
      // In chunks: POST, PUT, DELETE of the session, then POST, PATCH, PUT.
      but: { ...heads, "PUT blob": () => ({ kind: "recovers", requests: 6 }) },
    },
    { name: "416", fault: says(416, "RANGE_INVALID"), usually: registryFailure, but: heads },
    {
      name: "429, seconds",
      fault: says(429, "TOOMANYREQUESTS", { "retry-after": String(retryAfterSeconds) }),
      usually: again,
      pauseSeconds: retryAfterSeconds,
    },
    {
      name: "429, date",
      fault: {
        kind: "instead",
        answer: () => {
          const date = new Date(Date.now() + retryAfterSeconds * 1000).toUTCString();
          const refusal = tinyError(429, "TOOMANYREQUESTS");
          return { ...refusal, headers: { ...refusal.headers, "retry-after": date } };
        },
      },
      usually: again,
      // A date has whole seconds only.
      pauseSeconds: retryAfterSeconds - 1,
    },
    { name: "429", fault: says(429, "TOOMANYREQUESTS"), usually: again, pauseSeconds: 0.25 },
    { name: "500", fault: says(500, "UNKNOWN"), usually: again },
    { name: "502", fault: says(502, "UNKNOWN"), usually: again },
    { name: "503", fault: says(503, "UNAVAILABLE"), usually: again },
    { name: "504", fault: says(504, "UNKNOWN"), usually: again },
  ],
};
