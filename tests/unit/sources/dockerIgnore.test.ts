import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { parseDockerIgnore } from "../../../provider/sources/dockerIgnore";

const ignored = (text: string, path: string) => parseDockerIgnore({ name: ".dockerignore", text }).ignores(path);

describe("parseDockerIgnore", () => {
  const cases: readonly (readonly [text: string, path: string, isIgnored: boolean])[] = [
    ["node_modules", "node_modules", true],
    ["node_modules", "node_modules/a/b.js", true],
    ["node_modules", "server/node_modules", false],
    ["node_modules/", "node_modules/a", true],
    ["/node_modules", "node_modules", true],
    ["./out", "out/a", true],
    ["a/../out", "out", true],
    ["**/node_modules", "node_modules", true],
    ["**/node_modules", "server/web/node_modules/a", true],
    ["**/*.md", "docs/a/readme.md", true],
    ["**/*.md", "readme.md", true],
    ["docs/**", "docs/a/b", true],
    ["docs/**", "docs", false],
    ["docs/**/*.md", "docs/readme.md", true],
    ["docs/**/*.md", "docs/a/b/readme.md", true],
    ["*.md", "readme.md", true],
    ["*.md", "docs/readme.md", false],
    ["*", "a/b", true],
    ["*/temp*", "a/temporary.txt", true],
    ["*/*/temp*", "a/b/temporary.txt", true],
    ["*/temp*", "a/b/temporary.txt", false],
    ["temp?", "tempa", true],
    ["temp?", "temp", false],
    ["temp?", "temp/a", false],
    ["[a-c].txt", "b.txt", true],
    ["[^a-c].txt", "b.txt", false],
    ["[^a-c].txt", "d.txt", true],
    ["a.b", "axb", false],
    ["c++", "c++", true],
    ["a(b)", "a(b)", true],
    ["{a,b}", "a", false],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["a\\db", "adb", true],
    ["\\#file", "#file", true],
    ["# comment", "# comment", false],
    [" # no comment", "# no comment", true],
    ["  spaced  ", "spaced", true],
    ["a b", "a b", true],
    ["\ufeffout", "out", true],
    ["out\r\nlog\r\n", "log", true],
    ["", "a", false],
    ["README.md", "readme.md", false],
    ["constructor", "constructor", true],
    ["*.md\n!README.md", "README.md", false],
    ["*.md\n!README.md", "other.md", true],
    ["*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true],
    ["*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false],
    ["*\n!src", "src/a/b.ts", false],
    ["src\n!src/keep", "src/keep/a", false],
    ["src\n!src/keep", "src/other", true],
    ["! src\n", "src", false],
    ["*\n!**/keep", "a/b/keep", false],
    ["日本?", "日本語", true],
  ];
  for (const [text, path, isIgnored] of cases) {
    it(`${isIgnored ? "leaves out" : "takes"} ${path} by ${JSON.stringify(text)}`, () => {
      assert.equal(ignored(text, path), isIgnored);
    });
  }

  it("lets the file take in again what stands before it", () => {
    assert.equal(parseDockerIgnore({ name: ".dockerignore", text: "!.git" }, [".git"]).ignores(".git/config"), false);
  });

  for (const text of ["out\n!", "out\n[a-"]) {
    it(`refuses ${JSON.stringify(text)} and names the line`, () => {
      assert.throws(
        () => ignored(text, "a"),
        (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === ".dockerignore:2",
      );
    });
  }
});
