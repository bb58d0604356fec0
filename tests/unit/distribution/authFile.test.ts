import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAuthFile } from "../../../provider/distribution/authFile";
import { hasCode } from "../../../provider/errors";

describe("readAuthFile", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "multiarch-auth-file-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function file(text: string, mode = 0o600): Promise<string> {
    const path = join(folder, "config.json");
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  it("reads a file, also through a link", async () => {
    await symlink(await file("{}"), join(folder, "link"));
    assert.equal(Buffer.from((await readAuthFile(join(folder, "link"), 10, "r"))?.bytes ?? []).toString(), "{}");
  });

  for (const missing of ["none.json", "config.json/below"])
    it(`finds nothing at ${missing}`, async () => {
      await file("{}");
      assert.equal(await readAuthFile(join(folder, missing), 10, "r"), undefined);
    });

  const modes: readonly (readonly [mode: number, readableByOthers: boolean])[] = [
    [0o600, false],
    [0o640, true],
    [0o604, true],
    [0o644, true],
    [0o622, false],
  ];
  for (const [mode, readableByOthers] of modes)
    it(`security row 19: tells whether others may read it: mode ${mode.toString(8)}`, async () => {
      assert.equal((await readAuthFile(await file("{}", mode), 10, "r"))?.readableByOthers, readableByOthers);
    });

  it("security row 19: refuses a file over the limit", async () => {
    const path = await file("12345678901");
    await assert.rejects(
      readAuthFile(path, 10, "r.example.com"),
      (error) => hasCode(error, "ERR_AUTH") && error.message.includes(path) && error.details.host === "r.example.com",
    );
  });

  it("refuses a folder", async () => {
    const path = join(folder, "config.json");
    await mkdir(path);
    await assert.rejects(readAuthFile(path, 10, "r"), (error) => hasCode(error, "ERR_AUTH"));
  });
});
