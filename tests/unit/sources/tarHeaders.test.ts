import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import * as fc from "fast-check";
import { Header } from "tar";
import { hasCode } from "../../../provider/errors";
import { textOfBytes } from "../../../provider/sources/byteText";
import { type TarEntry, writeTar } from "../../../provider/sources/tar";
import { readTarHeaders } from "../../../provider/sources/tarHeaders";
import { testFolder } from "./folders";
import { bytesOf, cut } from "./streams";
import { paxRecord, tarMember } from "./tars";

describe("readTarHeaders", () => {
  const folder = testFolder();
  const read = (bytes: Uint8Array, at: readonly number[] = []) => readTarHeaders(cut(bytes, at), "layer x");

  const entries: readonly TarEntry[] = [
    { name: "bin", mode: 0o777, uid: 0, gid: 0, linkpath: "usr/bin" },
    { name: "etc", mode: 0o1750, uid: 7, gid: 3_000_000, pax: { "SCHILY.xattr.user.a": "\xff\n=\0" } },
    {
      name: `etc/${"long/".repeat(60)}größe`,
      mode: 0o644,
      uid: 0,
      gid: 0,
      content: { size: 700, open: () => cut(Buffer.alloc(700)) },
    },
    { name: "link", mode: 0o777, uid: 0, gid: 0, linkpath: `/${"far/".repeat(60)}größe` },
  ];

  it("reads back what writeTar wrote, however the stream is cut", async () => {
    const tar = await bytesOf(writeTar(entries, 5));
    const expected = entries.map(({ content, linkpath, pax, ...header }) => ({
      ...header,
      type: content ? "file" : linkpath === undefined ? "folder" : "link",
      ...(linkpath !== undefined && { linkpath }),
      ...(pax && { pax }),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(tar.length), { maxLength: 8 }), async (at) =>
        assert.deepEqual(await read(tar, at), expected),
      ),
      { numRuns: 20 },
    );
  });

  for (const format of ["gnu", "pax", "ustar", "v7"])
    it(`reads what the system's tar writes in ${format} format`, async () => {
      const name = format === "gnu" || format === "pax" ? "n".repeat(150) : "n".repeat(90);
      folder.write(`root/${name}/file`, "text");
      mkdirSync(folder.path("root/empty"), { mode: 0o700 });
      symlinkSync("empty", folder.path("root/link"));
      const options = ["--sort=name", "--owner=12", "--group=34", "--numeric-owner", `--format=${format}`];
      const tar = execFileSync("tar", ["-C", folder.path("root"), ...options, "-cf", "-", "."]);
      const found = (await read(tar)).map(({ type, name, uid, gid }) => [type, name, uid, gid]);
      assert.deepEqual(found, [
        ["folder", "", 12, 34],
        ["folder", "empty", 12, 34],
        ["link", "link", 12, 34],
        ["folder", name, 12, 34],
        ["file", `${name}/file`, 12, 34],
      ]);
    });

  it("security row 8: keeps names below the root", async () => {
    const tar = await bytesOf(writeTar([{ name: "../../a/./../b", mode: 0, uid: 0, gid: 0 }], 0));
    assert.deepEqual(
      (await read(tar)).map(({ name }) => name),
      ["b"],
    );
  });

  it("takes a tar without its end mark, and an empty one", async () => {
    const tar = await bytesOf(writeTar(entries, 0));
    assert.equal((await read(tar.subarray(0, -1024))).length, 4);
    assert.deepEqual(await read(Buffer.alloc(0)), []);
  });

  it("reads the stream to its end, so that all of it can be hashed", async () => {
    let given = 0;
    const chunks = async function* () {
      for (const chunk of [await bytesOf(writeTar(entries, 0)), Buffer.alloc(5000)]) {
        given += chunk.length;
        yield chunk;
      }
    };
    await readTarHeaders(chunks(), "layer x");
    assert.equal(given, (await bytesOf(writeTar(entries, 0))).length + 5000);
  });

  describe("with sparse files, as container runtimes read them", () => {
    for (const format of ["gnu", "pax"])
      it(`reads all headers after one of many pieces in ${format} format`, async () => {
        const path = folder.write("root/data", "");
        const file = openSync(path, "w");
        for (let piece = 0; piece < 40; piece++) writeSync(file, "x".repeat(4096), piece * 200_000);
        closeSync(file);
        symlinkSync("usr/bin", folder.path("root/link"));
        const tar = execFileSync("tar", ["-C", folder.path("root"), `--format=${format}`, "-Scf", "-", "data", "link"]);
        assert.deepEqual(
          (await read(tar)).map(({ type, name, linkpath }) => [type, name, linkpath]),
          [
            ["file", "data", undefined],
            ["link", "link", "usr/bin"],
          ],
        );
      });
  });

  it("keeps the bytes of names that are no UTF-8", async () => {
    const name = textOfBytes(Buffer.from("caf\xe9/\xff", "latin1"));
    const tar = await bytesOf(writeTar([{ name, mode: 0o644, uid: 0, gid: 0, linkpath: name }], 0));
    const [header] = await read(tar);
    assert.deepEqual([header?.name, header?.linkpath], [name, name]);
    assert.equal(execFileSync("tar", ["-t", "--quoting-style=escape"], { input: tar }).toString(), "caf\\351/\\377\n");
  });

  it("takes a header that goes before an entry for a tar that was cut short", async () => {
    const header = tarMember({ name: "x", type: "ExtendedHeader", content: paxRecord("path", "y") });
    await assert.rejects(read(header), /layer x ends after a header without its entry/);
  });

  it("security row 7: refuses a block of zeros that is followed by more", async () => {
    const tar = await bytesOf(writeTar(entries, 0));
    await assert.rejects(read(Buffer.concat([Buffer.alloc(512), tar])), /no tar header at offset 0/);
  });

  it("security row 7: refuses names that would fill the memory, long before the layer's end", async () => {
    const entry = await bytesOf(writeTar([{ name: "n".repeat(2 ** 20 - 100), mode: 0, uid: 0, gid: 0 }], 0));
    let given = 0;
    const chunks = async function* () {
      for (; given < 3000; given++) yield entry.subarray(0, -1024);
    };
    await assert.rejects(
      readTarHeaders(chunks(), "layer x"),
      (error: unknown) =>
        hasCode(error, "ERR_CONTENT_INVALID") && /^layer x has names of more than/.test(error.message),
    );
    assert.ok(given < 40);
  });

  const broken: readonly (readonly [string, () => Promise<Buffer>])[] = [
    ["no tar", async () => Buffer.alloc(512, "x")],
    ["cut short in a header", async () => (await bytesOf(writeTar(entries, 0))).subarray(0, 300)],
    ["cut short in a content", async () => (await bytesOf(writeTar(entries.slice(2, 3), 0))).subarray(0, 2600)],
    ["a header of 2 MiB", async () => extension(2 * 2 ** 20)],
  ];
  for (const [title, bytes] of broken)
    it(`security row 7: refuses ${title}, naming the layer`, async () => {
      await assert.rejects(
        async () => read(await bytes()),
        (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.startsWith("layer x"),
      );
    });
});

async function extension(size: number): Promise<Buffer> {
  const block = Buffer.alloc(512);
  new Header({ path: "x", size, type: "ExtendedHeader", mode: 0, uid: 0, gid: 0 }).encode(block);
  return Buffer.concat([block, Buffer.alloc(size)]);
}
