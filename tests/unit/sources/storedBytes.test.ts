import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import type { FileKind } from "../../../provider/sources/localFile";
import { fileBytes, readPart } from "../../../provider/sources/storedBytes";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

const kind: FileKind = { followsLink: true, remedy: "Write it." };

describe("fileBytes", () => {
  const folder = testFolder();

  it("reads any part of a file, also one larger than a chunk", async () => {
    const content = Buffer.alloc(1_000_000, "0123456789");
    const bytes = await fileBytes(folder.write("a", content), kind);
    assert.equal(bytes.size, content.length);
    assert.ok((await bytesOf(bytes.read(5, 900_001))).equals(content.subarray(5, 900_006)));
  });

  it("reads nothing where nothing is asked for", async () => {
    const bytes = await fileBytes(folder.write("a", ""), kind);
    assert.equal((await readPart(bytes, 0, 0)).length, 0);
  });

  it("has another version once the file has been written again", async () => {
    const first = await fileBytes(folder.write("a", "1"), kind);
    const second = await fileBytes(folder.write("a", "22"), kind);
    assert.notEqual(first.version, second.version);
  });

  it("fails when the file is of another size than it was", async () => {
    const bytes = await fileBytes(folder.write("a", "first"), kind);
    folder.write("a", "second");
    const error = await readPart(bytes, 0, 1).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"));
    assert.ok(error.message.includes(folder.path("a")));
  });

  it("fails when more is asked for than there is", async () => {
    const bytes = await fileBytes(folder.write("a", "first"), kind);
    await assert.rejects(readPart(bytes, 0, 6), /changed while it was in use/);
  });
});
