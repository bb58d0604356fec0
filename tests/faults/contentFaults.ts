import { mediaTypes } from "../../provider/oci/mediaTypes";
import type { Fault } from "../support/faultyRegistry";
import type { TinyAnswer } from "../support/tinyRegistry";
import type { FaultGroup } from "./faultRow";
import { answers, byAnswer, fails, impossible, more, type Rule, undisturbed } from "./verdict";

/** Content that is not what it should be is refused (security row 9), and not asked for again: it would come again. */
const refusedContent: Rule = (operation) =>
  fails(operation.answer === "json" ? "ERR_CONTENT_INVALID" : "ERR_DIGEST_MISMATCH")(operation);
const wrong: Rule = (operation) => byAnswer(operation, { other: refusedContent });
// To the user, a token answer that is none is a matter of authentication.
const noToken = { token: fails("ERR_AUTH") };
// Security row 9: size first, then hash.
const wrongSize = { "GET blob": fails("ERR_CONTENT_INVALID") };

const changed = (change: (answer: TinyAnswer) => TinyAnswer) => ({ kind: "changed", change }) as const;
const changedBody = (change: (body: Buffer) => Buffer) =>
  changed((answer) => ({ ...answer, body: change(answer.body) }));
const changedHeaders = (headers: Readonly<Record<string, string>>): Fault =>
  changed((answer) => ({ ...answer, headers: { ...answer.headers, ...headers } }));

const wrongDigest = `sha256:${"0".repeat(64)}`;
const noDigest = impossible("the answer names no digest");

/** The registry does what is asked, and answers it wrongly. */
export const contentFaults: FaultGroup = {
  title: "The answer is wrong",
  rows: [
    {
      name: "short body",
      fault: changedBody((body) => body.subarray(0, -1)),
      usually: wrong,
      but: { ...noToken, ...wrongSize },
    },
    {
      name: "long body",
      fault: { ...changedBody((body) => Buffer.concat([body, Buffer.from("x")])), bodyOfHead: true },
      // A body where none belongs is not looked at.
      usually: (operation) => byAnswer(operation, { nothing: undisturbed, head: undisturbed, other: wrong }),
      but: { ...noToken, ...wrongSize },
    },
    {
      name: "corrupt byte",
      // One that no UTF-8 text can have, so that JSON without a digest shows it too.
      fault: changedBody((body) => Buffer.from(body.map((byte, at) => (at === body.length >> 1 ? 0xff : byte)))),
      usually: wrong,
      but: noToken,
    },
    {
      name: "truncated JSON",
      fault: changedBody((body) => body.subarray(0, body.length / 2)),
      usually: wrong,
      but: { ...noToken, "GET blob": impossible("the answer is not JSON") },
    },
    {
      name: "media type: text/html",
      fault: changedHeaders({ "content-type": "text/html" }),
      // It tells nothing: the content does.
      usually: (operation) => byAnswer(operation, { head: undisturbed, other: undisturbed }),
      but: {
        // A GET, whose bytes tell what it is.
        "HEAD tag": more(1),
        // The sign that there is no referrers API; but not after a first page of it.
        referrers: ({ requests }) => ({ kind: "answers", answer: "fallback tag", requests: requests.undisturbed }),
        "next page": fails("ERR_CONTENT_INVALID"),
      },
    },
    {
      name: "media type: another",
      fault: changedHeaders({ "content-type": mediaTypes.dockerManifest }),
      usually: impossible("the answer is no manifest"),
      but: {
        // It is all that is known; whoever then reads the manifest finds out.
        "HEAD tag": answers("another media type"),
        // Security row 5: what header and content say must agree.
        "GET tag": fails("ERR_CONTENT_INVALID"),
        "GET digest": fails("ERR_CONTENT_INVALID"),
      },
    },
    {
      name: "no digest header",
      fault: changed((answer) => {
        const { "docker-content-digest": _digest, ...headers } = answer.headers;
        return { ...answer, headers };
      }),
      usually: (operation) => (operation.namesDigest ? undisturbed : noDigest)(operation),
      but: {
        // A GET, whose bytes are hashed.
        "HEAD tag": more(1),
        // A HEAD confirms what was written.
        "PUT digest": more(1),
        "PUT tag": more(1),
      },
    },
    {
      name: "wrong digest header",
      fault: changedHeaders({ "docker-content-digest": wrongDigest }),
      usually: (operation) => (operation.namesDigest ? fails("ERR_DIGEST_MISMATCH") : noDigest)(operation),
      but: {
        // It is all that is known; whoever then asks for that digest finds out.
        "HEAD tag": answers("another digest"),
        // The bytes are those of the digest that was asked for, whatever the header says.
        "GET digest": undisturbed,
        "GET blob": undisturbed,
      },
    },
  ],
};
