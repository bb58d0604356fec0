import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { hasCode, messageOf } from "../../../provider/errors";
import { readTarMembers, type TarMember } from "../../../provider/sources/tarMembers";
import { testFolder } from "./folders";
import { endMark, type Member, paxRecord, stored, tarMember, tarOf } from "./tars";

async function membersOf(bytes: Uint8Array): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of readTarMembers(stored(bytes))) members.push(member);
  return members;
}

describe("readTarMembers", () => {
  const folder = testFolder();

  it("tells where each content lies", async () => {
    const tar = tarOf({ name: "a", content: "first" }, { name: "b", content: "second" });
    const contents = (await membersOf(tar)).map(({ offset, size }) => tar.subarray(offset, offset + size).toString());
    assert.deepEqual(contents, ["first", "second"]);
  });

  it("tells files, folders and both kinds of links apart", async () => {
    const tar = tarOf(
      { name: "d/", type: "Directory" },
      { name: "f" },
      { name: "l", type: "SymbolicLink", target: "f" },
      { name: "h", type: "Link", target: "f" },
    );
    const found = (await membersOf(tar)).map(({ name, kind, target }) => [name, kind, target]);
    assert.deepEqual(found, [
      ["d/", "folder", undefined],
      ["f", "file", undefined],
      ["l", "symbolicLink", "f"],
      ["h", "hardLink", "f"],
    ]);
  });

  for (const format of ["gnu", "pax", "ustar", "v7"])
    it(`reads what GNU tar writes in the ${format} format`, async () => {
      folder.write("blobs/one", "1");
      folder.write("two", "22");
      const tar = execFileSync("tar", ["-c", `--format=${format}`, "-C", folder.path(), "blobs/one", "two"]);
      const found = (await membersOf(tar)).map(({ name, size }) => [name, size]);
      assert.deepEqual(found, [
        ["blobs/one", 1],
        ["two", 2],
      ]);
    });

  for (const format of ["gnu", "pax"])
    it(`reads a name of more than 100 characters in the ${format} format`, async () => {
      const name = `blobs/sha512/${"a".repeat(128)}`;
      folder.write(name, "content");
      const [member] = await membersOf(execFileSync("tar", ["-c", `--format=${format}`, "-C", folder.path(), name]));
      assert.deepEqual([member?.name, member?.size], [name, 7]);
    });

  for (const keyword of ["comment", "path", "size"])
    it(`passes over a global header with a ${keyword}, as container runtimes do`, async () => {
      const header = { name: "g", type: "GlobalExtendedHeader", content: paxRecord(keyword, "7") } as const;
      assert.deepEqual(
        (await membersOf(tarOf(header, { name: "a" }))).map(({ name }) => name),
        ["a"],
      );
    });

  const pax = (...records: readonly (readonly [string, string])[]): Member => ({
    name: "PaxHeader/a",
    type: "ExtendedHeader",
    content: records.map(([key, value]) => paxRecord(key, value)).join(""),
  });
  const sparse = tarOf({ name: "a", type: "SparseFile" });
  const wrongSum = tarOf({ name: "a" }).fill("x", 0, 1);
  const refused: readonly (readonly [string, Buffer, RegExp])[] = [
    ["an empty file", Buffer.alloc(0), /ends after 0 bytes without a tar's end mark/],
    [
      "a tar cut in a content",
      tarOf({ name: "a", content: "x".repeat(2000) }).subarray(0, 1500),
      /"a" declares 2000 bytes, but only 988 are left/,
    ],
    ["a tar cut in a header", tarOf({ name: "a" }).subarray(0, 300), /cut short/],
    ["a tar cut between two members", tarMember({ name: "a" }), /without a tar's end mark/],
    [
      "a content of 100 GB that is not there",
      tarOf({ name: "a", size: 100 * 1024 ** 3 }),
      /declares 107374182400 bytes, but only 1024 are left/,
    ],
    ["a header whose checksum is wrong", wrongSum, /no tar header at offset 0/],
    ["something else than a tar", Buffer.alloc(2048, "no tar "), /no tar header at offset 0/],
    ["zeros before a member", Buffer.concat([Buffer.alloc(512), tarOf({ name: "a" })]), /no tar header at offset 0/],
    ["security row 8: a character device", tarOf({ name: "a", type: "CharacterDevice" }), /is a character device/],
    ["security row 8: a block device", tarOf({ name: "a", type: "BlockDevice" }), /is a block device/],
    ["security row 8: a pipe", tarOf({ name: "a", type: "FIFO" }), /is a pipe/],
    ["security row 8: a sparse file in GNU's form", sparse, /is a sparse file/],
    [
      "security row 8: a sparse file in PAX form",
      tarOf(pax(["GNU.sparse.realsize", "107374182400"]), { name: "a" }),
      /sparse/,
    ],
    [
      "security row 8: two sizes that differ",
      tarOf(pax(["size", "512"]), { name: "a", content: "x" }),
      /has the size 1 in one header and 512 in another/,
    ],
    [
      "a PAX header of over 1 MiB",
      tarOf({ name: "p", type: "ExtendedHeader", content: "x".repeat(2 ** 20 + 1) }),
      /1048577 bytes; 1048576 are read/,
    ],
    [
      "a symbolic link with a content",
      Buffer.concat([tarMember({ name: "l", type: "SymbolicLink", target: "a", content: "x" }), endMark]),
      /no tar header at offset 512/,
    ],
  ];
  for (const [title, tar, message] of refused)
    it(`${title} is refused, naming the archive`, async () => {
      const error = await membersOf(tar).then(
        () => assert.fail("it was accepted"),
        (thrown: unknown) => thrown,
      );
      assert.ok(hasCode(error, "ERR_CONTENT_INVALID"), messageOf(error));
      assert.match(error.message, message);
      assert.ok(error.message.startsWith("/a.tar"), error.message);
    });

  it("reads a PAX size that no plain header can hold", async () => {
    const tar = tarOf(pax(["size", String(9 * 1024 ** 3)]), { name: "a" });
    const error = await membersOf(tar).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_CONTENT_INVALID"));
    assert.match(error.message, /declares 9663676416 bytes/);
  });
});
