import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { hasCode, messageOf } from "../../../provider/errors";
import { spooled } from "../../../provider/sources/spool";
import { readPart } from "../../../provider/sources/storedBytes";
import { testFolder } from "./folders";
import { bytesOf, cut } from "./streams";

describe("spooled", () => {
  const folder = testFolder();
  const { TMPDIR: before } = process.env;
  beforeEach(() => {
    process.env["TMPDIR"] = folder.path();
  });
  afterEach(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
  const content = Buffer.from("0123456789");

  it("gives any part of what came, in any order", async () => {
    const bytes = await spooled(randomUUID(), "x", () => cut(content, [3, 4]));
    assert.equal(bytes.size, 10);
    assert.equal((await readPart(bytes, 7, 3)).toString(), "789");
    assert.equal((await readPart(bytes, 0, 2)).toString(), "01");
  });

  it("leaves no file behind, even while it is in use", async () => {
    const bytes = await spooled(randomUUID(), "x", () => cut(content));
    assert.deepEqual(readdirSync(folder.path()), []);
    assert.equal((await bytesOf(bytes.read(0, 10))).toString(), "0123456789");
  });

  it("asks for the same content once, also at once", async () => {
    const identity = randomUUID();
    let asked = 0;
    const open = () => {
      asked += 1;
      return cut(content);
    };
    await Promise.all([spooled(identity, "x", open), spooled(identity, "x", open)]);
    await spooled(identity, "x", open);
    assert.equal(asked, 1);
  });

  it("fails as its content fails, and asks for it again the next time", async () => {
    const identity = randomUUID();
    const failing = async function* () {
      yield content;
      throw new RangeError("broken");
    };
    await assert.rejects(spooled(identity, "x", failing), /broken/);
    assert.equal((await spooled(identity, "x", () => cut(content))).size, 10);
  });

  it("says where it could not write, and what to do", async () => {
    process.env["TMPDIR"] = folder.path("none");
    const error = await spooled(randomUUID(), "/a.tar", () => cut(content)).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"), messageOf(error));
    assert.match(error.message, /^\/a\.tar .* cannot be written below .*none: .*Make room there, or set TMPDIR/);
  });
});
