import assert from "node:assert/strict";
import { createClaims } from "../../../provider/resources/claims";

describe("createClaims", () => {
  const tag = "localhost:5000/team/server:1.0";

  it("gives a tag to the first who claims it", () => {
    const claims = createClaims();
    assert.equal(claims.claim(tag, "a"), undefined);
    assert.equal(claims.owner(tag), "a");
  });

  it("lets the same owner claim again, as check does twice for a replacement", () => {
    const claims = createClaims();
    claims.claim(tag, "a");
    assert.equal(claims.claim(tag, "a"), undefined);
  });

  it("names the holder to another who claims the tag, and leaves it to the holder", () => {
    const claims = createClaims();
    claims.claim(tag, "a");
    assert.equal(claims.claim(tag, "b"), "a");
    assert.equal(claims.owner(tag), "a");
  });

  it("lists the tags of exactly one repository", () => {
    const claims = createClaims();
    for (const name of [tag, "localhost:5000/team/server:latest", "localhost:5000/team/server2:1.0"]) {
      claims.claim(name, "a");
    }
    assert.deepEqual(claims.tagsOf("localhost:5000/team/server"), ["1.0", "latest"]);
  });

  it("knows of no owner before anybody claimed", () => {
    assert.equal(createClaims().owner(tag), undefined);
  });
});
