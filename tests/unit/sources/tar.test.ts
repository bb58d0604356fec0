import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type TarEntry, writeTar } from "../../../provider/sources/tar";
import { bytesOf, cut } from "./streams";

describe("writeTar", () => {
  it("writes what the system's tar lists: modes, owners, sizes, times and names in the given order", async () => {
    const tar = await bytesOf(
      writeTar(
        [
          { name: "usr", mode: 0o755, uid: 0, gid: 0 },
          file("usr/tool", "#!/bin/sh\n", { mode: 0o4755, uid: 12, gid: 34 }),
          file("empty", ""),
        ],
        86_400,
      ),
    );
    assert.deepEqual(list(tar), [
      "drwxr-xr-x 0/0 0 1970-01-02 00:00:00 usr/",
      "-rwsr-xr-x 12/34 10 1970-01-02 00:00:00 usr/tool",
      "-rw-r--r-- 0/0 0 1970-01-02 00:00:00 empty",
    ]);
  });

  for (const size of [0, 1, 511, 512, 513])
    it(`pads a content of ${size} bytes to whole blocks and ends with two empty ones`, async () => {
      const tar = await bytesOf(writeTar([file("x", "a".repeat(size))], 0));
      assert.equal(tar.length, 512 + Math.ceil(size / 512) * 512 + 1024);
      assert.ok(tar.subarray(-1024).every((byte) => byte === 0));
    });

  const longest = `${"folder/".repeat(22)}${"x".repeat(90)}`;
  const names: readonly (readonly [string, string])[] = [
    ["of 244 bytes, which fits into prefix and name", longest],
    ["with a segment of 200 bytes", `a/${"x".repeat(200)}`],
    ["of 900 bytes", `${"segment/".repeat(100)}${"x".repeat(100)}`],
    ["outside ASCII", "usr/share/größe/日本"],
  ];
  for (const [title, name] of names)
    it(`keeps a name ${title} whole`, async () => {
      const tar = await bytesOf(writeTar([file(name, "content")], 0));
      assert.equal(system(["-xOf", "-", name], tar), "content");
    });

  it("keeps owners that are too large for the plain header", async () => {
    const tar = await bytesOf(writeTar([file("x", "", { uid: 4_294_967_294, gid: 3_000_000 })], 0));
    assert.deepEqual(list(tar), ["-rw-r--r-- 4294967294/3000000 0 1970-01-01 00:00:00 x"]);
  });

  it("says the size of a file of 9 GiB so that the system's tar reads it", async () => {
    const headers = writeTar(
      [{ ...file("x", ""), content: { size: 9 * 2 ** 30, open: () => cut(Buffer.alloc(0)) } }],
      0,
    );
    const pax = (await headers.next()).value;
    const header = (await headers.next()).value;
    assert.match(Buffer.concat([pax ?? Buffer.alloc(0)]).toString("latin1"), /19 size=9663676416\n/);
    assert.equal(header?.length, 512);
  });

  it("writes the same bytes for the same entries", async () => {
    const entries = [file("größe", "a", { uid: 5_000_000 }), file("b", "b")];
    assert.ok((await bytesOf(writeTar(entries, 7))).equals(await bytesOf(writeTar(entries, 7))));
  });
});

function file(name: string, text: string, fields: Partial<TarEntry> = {}): TarEntry {
  const content = Buffer.from(text);
  return { name, mode: 0o644, uid: 0, gid: 0, content: { size: content.length, open: () => cut(content) }, ...fields };
}

function list(tar: Uint8Array): readonly string[] {
  const lines = system(["-tvf", "-", "--numeric-owner", "--full-time"], tar).trimEnd().split("\n");
  return lines.map((line) => line.replace(/ +/g, " "));
}

function system(parameters: readonly string[], input: Uint8Array): string {
  return execFileSync("tar", parameters, {
    input,
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" },
  });
}
