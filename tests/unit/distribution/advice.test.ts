import assert from "node:assert/strict";
import { adviceFor, type Refusal } from "../../../provider/distribution/advice";

const pull = [{ repository: "team/server", actions: ["pull"] }] as const;

function refusal(method: Refusal["method"], status: number, code?: string): Refusal {
  return { method, status, scopes: pull, errors: code === undefined ? [] : [{ code }] };
}

describe("adviceFor", () => {
  for (const [what, refused, advice] of [
    ["an unknown repository on a push", refusal("POST", 404, "NAME_UNKNOWN"), /^Create the repository first/],
    ["an unknown repository on a read", refusal("GET", 404, "NAME_UNKNOWN"), /^Check the repository's name/],
    ["a missing child", refusal("PUT", 404, "MANIFEST_BLOB_UNKNOWN"), /^Push the blobs and manifests/],
    ["401", refusal("GET", 401), /credentials for this registry \(pull on team\/server\)/],
    ["403", refusal("GET", 403), /rights \(pull on team\/server\)/],
    ["DENIED under another status", refusal("GET", 404, "DENIED"), /rights/],
    ["413", refusal("PUT", 413), /allow larger requests/],
    ["a DELETE that is not supported", refusal("DELETE", 405), /does not delete/],
    ["429", refusal("GET", 429), /try again later/],
    ["500", refusal("GET", 500), /try again later, then ask/],
    ["a redirect", refusal("PUT", 302), /not followed/],
    ["404", refusal("GET", 404), /registry's address/],
  ] as const) {
    it(`says what to do about ${what}`, () => {
      assert.match(adviceFor(refused), advice);
    });
  }

  it("leaves the registry its own words where it knows no better", () => {
    assert.equal(adviceFor(refusal("PUT", 400, "MANIFEST_INVALID")), "");
  });
});
