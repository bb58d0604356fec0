import assert from "node:assert/strict";
import { untagUrl } from "../../../provider/distribution/untagApi";

describe("untagUrl", () => {
  const origin = new URL("https://team.azurecr.io");
  const name = "team/server";

  it("knows the tag API of an Azure registry", () => {
    const url = untagUrl({ origin, name, isAzure: true }, "1.0");
    assert.equal(url?.href, "https://team.azurecr.io/acr/v1/team%2Fserver/_tags/1.0");
  });

  it("knows none of another registry", () => {
    assert.equal(untagUrl({ origin, name, isAzure: false }, "1.0"), undefined);
  });
});
