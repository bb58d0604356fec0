import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { indexArchive } from "../../../provider/sources/archiveIndex";
import { bytesOf } from "./streams";
import { type Member, stored, tarOf } from "./tars";

describe("indexArchive", () => {
  const index = (...members: readonly Member[]) => indexArchive(stored(tarOf(...members)));

  it("finds a file by its plain name, whatever stands before and behind it", async () => {
    const archive = await index({ name: "./a/b", content: "content" });
    assert.equal((await archive.read("a/b")).toString(), "content");
  });

  it("has files, but neither folders nor links", async () => {
    const archive = await index({ name: "d/", type: "Directory" }, { name: "l", type: "SymbolicLink", target: "f" });
    assert.deepEqual([archive.has("d"), archive.has("l"), archive.has("f")], [false, false, false]);
  });

  it("follows symbolic links to a file of the archive, and none that lead nowhere, out of it or in a circle", async () => {
    const archive = await index(
      { name: "x/l", type: "SymbolicLink", target: "../f" },
      { name: "x/m", type: "SymbolicLink", target: "l" },
      { name: "none", type: "SymbolicLink", target: "../f" },
      { name: "a", type: "SymbolicLink", target: "b" },
      { name: "b", type: "SymbolicLink", target: "a" },
      { name: "f", content: "content" },
    );
    for (const name of ["x/l", "x/m", "./x/m"])
      assert.equal((await bytesOf(archive.file(name).open())).toString(), "content");
    for (const name of ["none", "a"]) {
      assert.equal(archive.has(name), false);
      assert.throws(
        () => archive.file(name),
        (error) => hasCode(error, "ERR_SOURCE_UNAVAILABLE"),
      );
    }
  });

  it("takes a hard link for the file that has its target's name before it", async () => {
    const archive = await index(
      { name: "./f", content: "first" },
      { name: "l", type: "Link", target: "./f" },
      { name: "f", content: "second" },
      { name: "none", type: "Link", target: "/etc/passwd" },
    );
    const read = async (name: string) => (await archive.read(name)).toString();
    assert.deepEqual([await read("l"), await read("f"), archive.has("none")], ["first", "second", false]);
  });

  it("takes the last of two members with one name", async () => {
    const archive = await index({ name: "f", content: "old" }, { name: "./f", content: "new" });
    assert.equal((await archive.read("f")).toString(), "new");
  });

  it("lets a folder be there twice, as some writers do", async () => {
    const archive = await index({ name: "d/", type: "Directory" }, { name: "d/", type: "Directory" }, { name: "d/f" });
    assert.ok(archive.has("d/f"));
  });

  it("security row 6: refuses more than 20,000 members", async () => {
    const members = Array.from({ length: 20_001 }, (_, number) => ({ name: `${number}` }));
    await assert.rejects(index(...members), /\/a\.tar has more than 20000 members/);
  });
});
