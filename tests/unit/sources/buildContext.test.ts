import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Parser, type ReadEntry } from "tar";
import { hasCode } from "../../../provider/errors";
import { lookAtBuildContext } from "../../../provider/sources/buildContext";

describe("lookAtBuildContext", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "multiarch-context-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, text = "") => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const look = (...dockerfiles: readonly string[]) =>
    lookAtBuildContext(folder, dockerfiles.length === 0 ? ["Dockerfile"] : dockerfiles, "/");
  const packed = async (...dockerfiles: readonly string[]) => {
    const body = await (await look(...dockerfiles)).pack();
    assert.ok(!(body instanceof Uint8Array));
    const bytes = await buffer(body.open());
    assert.equal(bytes.length, body.length);
    return readEntries(bytes);
  };
  const names = async (...dockerfiles: readonly string[]) => (await packed(...dockerfiles)).map(({ path }) => path);

  it("packs files, folders and links, with nothing of the mode but the right to execute", async () => {
    await write("Dockerfile", "FROM scratch\n");
    await write("src/run.sh", "#!/bin/sh\n");
    await chmod(join(folder, "src/run.sh"), 0o700);
    await symlink("../../elsewhere", join(folder, "src/link"));
    assert.deepEqual(
      (await packed()).map(({ path, mode, type, linkpath }) => [path, mode, type, linkpath ?? ""]),
      [
        ["Dockerfile", 0o644, "File", ""],
        ["src/", 0o755, "Directory", ""],
        ["src/link", 0o777, "SymbolicLink", "../../elsewhere"],
        ["src/run.sh", 0o755, "File", ""],
      ],
    );
  });

  it("leaves out .git and what .dockerignore names", async () => {
    for (const name of ["Dockerfile", ".git/config", "node_modules/a/index.js", "src/a.js"]) await write(name);
    await write(".dockerignore", "node_modules\n");
    assert.deepEqual(await names(), [".dockerignore", "Dockerfile", "src/", "src/a.js"]);
  });

  it("takes .git along where .dockerignore asks for it", async () => {
    await write(".git/config");
    await write(".dockerignore", "!.git\n");
    assert.deepEqual(await names(), [".dockerignore", ".git/", ".git/config"]);
  });

  it("takes what an exception names out of a folder that is left out", async () => {
    for (const name of ["out/amd64/server", "out/log/1"]) await write(name);
    await write(".dockerignore", "out\n!out/amd64\n");
    assert.deepEqual(await names(), [".dockerignore", "out/amd64/", "out/amd64/server"]);
  });

  it("keeps Dockerfiles that .dockerignore leaves out: the build needs them", async () => {
    for (const name of ["build/amd64.dockerfile", "build/other", "a"]) await write(name);
    await write(".dockerignore", "build\n");
    assert.deepEqual(await names("build/amd64.dockerfile"), [".dockerignore", "a", "build/amd64.dockerfile"]);
  });

  it("packs what any of several Dockerfiles' own ignore files leaves in", async () => {
    for (const name of ["a.dockerfile", "b.dockerfile", "only-a", "only-b", "neither"]) await write(name);
    await write("a.dockerfile.dockerignore", "only-b\nneither\n");
    await write("b.dockerfile.dockerignore", "only-a\nneither\n");
    const found = await names("a.dockerfile", "b.dockerfile");
    assert.deepEqual(
      found.filter((name) => !name.includes("dockerfile")),
      ["only-a", "only-b"],
    );
  });

  it("gives the same digest for the same content, whatever its times and other rights", async () => {
    await write("Dockerfile", "FROM scratch\n");
    const { digest } = await look();
    await utimes(join(folder, "Dockerfile"), 1, 1);
    await chmod(join(folder, "Dockerfile"), 0o600);
    assert.equal((await look()).digest, digest);
  });

  for (const [what, change] of [
    ["a content", () => write("Dockerfile", "FROM other\n")],
    ["a further file", () => write("a")],
    ["the right to execute", () => chmod(join(folder, "Dockerfile"), 0o755)],
  ] as const) {
    it(`gives another digest for ${what}`, async () => {
      await write("Dockerfile", "FROM scratch\n");
      const { digest } = await look();
      await change();
      assert.notEqual((await look()).digest, digest);
    });
  }

  it("gives the same digest when only what is left out changes", async () => {
    await write(".dockerignore", "log\n");
    const { digest } = await look();
    await write("log", "1");
    assert.equal((await look()).digest, digest);
  });

  it("leaves out a socket", async () => {
    await write("Dockerfile");
    const server = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    assert.deepEqual(await names(), ["Dockerfile"]);
    server.close();
  });

  it("refuses to pack what has changed since it was looked at", async () => {
    await write("Dockerfile", "FROM scratch\n");
    const context = await look();
    await write("Dockerfile", "FROM another\n");
    await assert.rejects(context.pack(), (error) => hasCode(error, "ERR_SOURCE_UNAVAILABLE"));
  });

  it("names the folder that is not there", async () => {
    await assert.rejects(
      lookAtBuildContext("missing", ["Dockerfile"], folder),
      (error) => hasCode(error, "ERR_SOURCE_UNAVAILABLE") && error.details.source.startsWith(join(folder, "missing")),
    );
  });
});

async function readEntries(bytes: Uint8Array): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  const parser = new Parser({
    onReadEntry(entry) {
      entries.push(entry);
      entry.resume();
    },
  });
  await new Promise<void>((resolve, reject) => {
    parser.on("end", () => resolve());
    parser.on("error", reject);
    Readable.from([bytes])
      .on("data", (chunk) => parser.write(chunk))
      .on("end", () => parser.end());
  });
  return entries;
}
