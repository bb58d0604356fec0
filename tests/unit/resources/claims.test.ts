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

  for (const address of ["127.0.0.1:5000", "[::1]:5000"]) {
    it(`knows ${address} as another name of localhost:5000`, () => {
      const claims = createClaims();
      claims.claim(`${address}/team/server:1.0`, "a");
      assert.equal(claims.owner(tag), "a");
      assert.deepEqual(claims.tagsOf("localhost:5000/team/server"), ["1.0"]);
    });
  }

  it("does not take a host for localhost because its name begins like a loopback address", () => {
    const claims = createClaims();
    claims.claim("127.0.0.1.example.com/team/server:1.0", "a");
    assert.deepEqual(claims.tagsOf("localhost.example.com/team/server"), []);
  });
});
