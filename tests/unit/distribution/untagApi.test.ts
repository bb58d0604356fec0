import assert from "node:assert/strict";
import { untagUrl } from "../../../provider/distribution/untagApi";

describe("untagUrl", () => {
  for (const host of ["team.azurecr.io", "team-ab12.azurecr.io", "team.westeurope.geo.azurecr.io", "team.azurecr.cn"]) {
    it(`knows the tag API of ${host}`, () => {
      const url = untagUrl({ origin: new URL(`https://${host}`), name: "team/server" }, "1.0");
      assert.equal(url?.href, `https://${host}/acr/v1/team%2Fserver/_tags/1.0`);
    });
  }

  for (const host of ["ghcr.io", "azurecr.io.example", "notazurecr.io", "localhost:5000"]) {
    it(`knows none of ${host}`, () => {
      assert.equal(untagUrl({ origin: new URL(`https://${host}`), name: "team/server" }, "1.0"), undefined);
    });
  }
});
