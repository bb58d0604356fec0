import assert from "node:assert/strict";
import { createPlannedNames } from "../../../../provider/resources/process/plannedNames";

describe("createPlannedNames", () => {
  const place = "localhost:5000/team/server";

  it("gives a tag to the first resource that wants it", () => {
    const names = createPlannedNames();
    assert.equal(names.wantTag(place, "1.0", "a"), undefined);
    assert.equal(names.tagOwner(place, "1.0"), "a");
  });

  it("names the owner to another resource that wants the tag, and leaves it to the owner", () => {
    const names = createPlannedNames();
    names.wantTag(place, "1.0", "a");
    assert.deepEqual([names.wantTag(place, "1.0", "b"), names.tagOwner(place, "1.0")], ["a", "a"]);
  });

  it("frees everything of a resource that is checked again", () => {
    const names = createPlannedNames();
    names.wantTag(place, "1.0", "a");
    names.wantManifest(place, "sha256:1", "a");
    names.forget("a");
    assert.deepEqual([names.tagOwner(place, "1.0"), names.manifestOwner(place, "sha256:1")], [undefined, undefined]);
  });

  it("keeps a manifest that one of two resources still needs", () => {
    const names = createPlannedNames();
    for (const owner of ["a", "b"]) names.wantManifest(place, "sha256:1", owner);
    names.forget("a");
    assert.equal(names.manifestOwner(place, "sha256:1"), "b");
  });

  it("lists the tags of exactly one repository", () => {
    const names = createPlannedNames();
    for (const other of [place, `${place}2`]) names.wantTag(other, "1.0", "a");
    assert.deepEqual(names.tagsIn(place), ["1.0"]);
  });

  for (const address of ["127.0.0.1:5000", "[::1]:5000"]) {
    it(`takes ${address} for another name of localhost:5000`, () => {
      const names = createPlannedNames();
      names.wantTag(`${address}/team/server`, "1.0", "a");
      assert.deepEqual([names.tagOwner(place, "1.0"), names.tagsIn(place)], ["a", ["1.0"]]);
    });
  }

  it("does not take a host for localhost because its name begins like a loopback address", () => {
    const names = createPlannedNames();
    names.wantTag("127.0.0.1.example.com/team/server", "1.0", "a");
    assert.deepEqual(names.tagsIn("localhost.example.com/team/server"), []);
  });

  it("lists the other addresses at which the same repository is wanted with a tag or manifest", () => {
    const names = createPlannedNames();
    names.wantTag("a.example/team/server", "1.0", "a");
    names.wantManifest("b.example/team/server", "sha256:1", "b");
    names.wantTag("c.example/team/other", "1.0", "c");
    assert.deepEqual(names.otherAddresses("b.example/team/server", "1.0"), ["a.example"]);
    assert.deepEqual(names.otherAddresses("a.example/team/server", "sha256:1"), ["b.example"]);
  });
});
