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

  it("follows one link where links are wanted", async () => {
    const archive = await index(
      { name: "x/l", type: "SymbolicLink", target: "../f" },
      { name: "x/m", type: "SymbolicLink", target: "l" },
      { name: "f", content: "content" },
    );
    assert.equal((await bytesOf(archive.linkedFile("x/l").open())).toString(), "content");
    assert.throws(
      () => archive.linkedFile("x/m"),
      (error) => hasCode(error, "ERR_SOURCE_UNAVAILABLE"),
    );
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
