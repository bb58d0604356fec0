import { strictEqual } from "node:assert/strict";
import { targetOf } from "../../../provider/functions/readManifest";
import { parseReference } from "../../../provider/oci/reference";

const digest = `sha256:${"0".repeat(64)}`;

describe("targetOf", () => {
  const cases: readonly (readonly [title: string, reference: string, expected: string])[] = [
    ["latest for a bare name", "r.example/a", "latest"],
    ["the tag", "r.example/a:1", "1"],
    ["the digest", `r.example/a@${digest}`, digest],
    ["the digest and not the tag when there are both", `r.example/a:1@${digest}`, digest],
  ];
  for (const [title, reference, expected] of cases) {
    it(`is ${title}`, () => strictEqual(targetOf(parseReference(reference)), expected));
  }
});
