import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { parentNames, placeFiles } from "../../../provider/sources/targetPath";

describe("placeFiles", () => {
  it("gives each file a name from the image's root, sorted, with its own value", () => {
    assert.deepEqual(placeFiles({ "/usr/bin/server": "a", "/etc/app.conf": "b" }), [
      { target: "/etc/app.conf", name: "etc/app.conf", isFolder: false, file: "b" },
      { target: "/usr/bin/server", name: "usr/bin/server", isFolder: false, file: "a" },
    ]);
  });

  it("takes doubled slashes and `.` segments out of names", () => {
    assert.deepEqual(
      placeFiles({ "//usr/./bin//server": 1 }).map((placed) => placed.name),
      ["usr/bin/server"],
    );
  });

  it("takes a name of Object.prototype for a name like any other", () => {
    assert.deepEqual(
      placeFiles({ "/constructor": 1, "/__proto__": 2 }).map((placed) => placed.name),
      ["__proto__", "constructor"],
    );
  });

  const refused: readonly (readonly [target: string, message: RegExp])[] = [
    ["usr/bin/server", /not absolute.*\/usr\/bin\/server/],
    ["", /not absolute/],
    ["/usr/../etc/passwd", /`\.\.` segment/],
    ["/..", /`\.\.` segment/],
    ["/usr\\bin\\server", /backslash/],
    ["/usr/bin/\u0000", /control character/],
    ["/usr/bin/a\nb", /control character/],
    ["/etc/.wh.passwd", /\.wh\./],
    ["/etc/.wh..wh..opq", /\.wh\./],
    [`/${"x".repeat(256)}`, /a segment of more than 255 bytes/],
    [`/${"ü".repeat(128)}`, /a segment of more than 255 bytes/],
    [`/${"x/".repeat(2048)}x`, /more than 4095 bytes/],
    ["/caf\udce9", /half of a character/],
  ];
  for (const [target, message] of refused)
    it(`security row 8: refuses the target ${JSON.stringify(target)}, naming it`, () => {
      assert.throws(
        () => placeFiles({ [target]: "x" }),
        (error: unknown) =>
          hasCode(error, "ERR_INPUT_INVALID") &&
          error.details.path === `source.files[${JSON.stringify(target)}]` &&
          message.test(error.message),
      );
    });

  it("refuses two targets that are one place, naming both", () => {
    assert.throws(() => placeFiles({ "/a/b": 1, "/a//b": 2 }), /"\/a\/\/b" is the same place as "\/a\/b"/);
  });

  for (const [target, name] of [
    ["/", ""],
    ["/usr/bin/", "usr/bin"],
    ["/usr/bin/.", "usr/bin"],
  ] as const)
    it(`knows that ${target} can only be a folder`, () => {
      assert.deepEqual(placeFiles({ [target]: 1 }), [{ target, name, isFolder: true, file: 1 }]);
    });
});

describe("parentNames", () => {
  it("lists the folders above a name, outermost first", () => {
    assert.deepEqual(parentNames("usr/local/bin/x"), ["usr", "usr/local", "usr/local/bin"]);
  });

  it("is empty for a name at the root", () => {
    assert.deepEqual(parentNames("x"), []);
  });
});
