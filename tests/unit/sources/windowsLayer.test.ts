import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { mergeLayers } from "../../../provider/sources/baseTree";
import type { ImageFile } from "../../../provider/sources/imageFiles";
import { windowsLayerEntries } from "../../../provider/sources/windowsLayer";
import { cut } from "./streams";
import { folder, link } from "./tarHeaderMakers";

const content = { size: 0, open: () => cut(Buffer.alloc(0)) };
const securityOfWindows = { "MSWINDOWS.rawsd": "AQAE", "MSWINDOWS.fileattr": "16" };
const nanoserver = [
  folder("Files", { mode: 0o40755 }),
  folder("Files/Windows", { mode: 0o40755, pax: securityOfWindows }),
  folder("Hives", { mode: 0o40700, pax: securityOfWindows }),
];
const tree = mergeLayers([nanoserver], true);

describe("windowsLayerEntries", () => {
  const entries = windowsLayerEntries([file("app/server.exe"), file("windows/app.ini")], tree, 7);
  const at = (name: string) => entries.find((entry) => entry.name === name);

  it("puts files below Files, after Hives", () => {
    assert.deepEqual(
      entries.map(({ name }) => name),
      ["Hives", "Files", "Files/Windows", "Files/Windows/app.ini", "Files/app", "Files/app/server.exe"],
    );
  });

  it("keeps mode and security of the base's own folders, whatever the case in which they are named", () => {
    assert.deepEqual(at("Files/Windows"), {
      name: "Files/Windows",
      mode: 0o40755,
      uid: 0,
      gid: 0,
      pax: securityOfWindows,
    });
    assert.deepEqual(at("Hives"), { name: "Hives", mode: 0o40700, uid: 0, gid: 0, pax: securityOfWindows });
  });

  for (const [name, mode, attributes, owner] of [
    ["Files/app", 0o40755, "16", "O:BA"],
    ["Files/app/server.exe", 0o100644, "32", "O:BA"],
  ] as const)
    it(`gives ${name}, which is new, Windows' attributes, a time and a security descriptor`, () => {
      const entry = at(name);
      assert.equal(entry?.mode, mode);
      assert.equal(entry?.pax?.["MSWINDOWS.fileattr"], attributes);
      assert.equal(entry?.pax?.["LIBARCHIVE.creationtime"], "7.0");
      assert.equal(ownerOf(entry?.pax?.["MSWINDOWS.rawsd"] ?? ""), owner);
    });

  it("makes Files and Hives where the base has no header of them", () => {
    const made = windowsLayerEntries([file("x")], mergeLayers([], true), 0);
    assert.deepEqual(
      made.map(({ name, mode, pax }) => [name, mode, pax?.["MSWINDOWS.fileattr"]]),
      [
        ["Hives", 0o40755, "16"],
        ["Files", 0o40755, "16"],
        ["Files/x", 0o100644, "32"],
      ],
    );
  });

  it("refuses links, which Windows' layers hold in a form of their own", () => {
    const { content: _, ...entry } = file("x").entry;
    assert.throws(
      () => windowsLayerEntries([{ ...file("x"), entry: { ...entry, linkpath: "y" } }], tree, 0),
      (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === 'source.files["/x"]',
    );
  });

  it("refuses a way through a link of the base", () => {
    const linked = mergeLayers([[...nanoserver, link("Files/Documents and Settings", "C:\\Users")]], true);
    assert.throws(
      () => windowsLayerEntries([file("documents and settings/x")], linked, 0),
      (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && /leads through the link/.test(error.message),
    );
  });
});

function file(name: string): ImageFile {
  return { target: `/${name}`, path: "/local", entry: { name, mode: 0o644, uid: 0, gid: 0, content } };
}

/** The owner in a self-relative security descriptor, as SDDL has it; only what is needed here. */
function ownerOf(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const owner = bytes.subarray(bytes.readUInt32LE(4));
  const authorities = Array.from({ length: owner[1] ?? 0 }, (_, index) => owner.readUInt32LE(8 + 4 * index));
  return owner.readUIntBE(2, 6) === 5 && authorities.join() === "32,544" ? "O:BA" : `O:${authorities}`;
}
