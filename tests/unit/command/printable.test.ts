import { strictEqual } from "node:assert/strict";
import { printable, printableJson, printableLine } from "../../../provider/command/printable";

describe("printable", () => {
  it("security row 24: leaves control characters out, but for line feed and tab", () => {
    strictEqual(printable("{\r\n\t\u001b[1m\u009b\u202e}\u0000"), "{\n\t[1m}");
  });
});

describe("printableLine", () => {
  const cases: readonly (readonly [title: string, text: string, expected: string])[] = [
    ["keeps ordinary text of any script", "größer 画像 – 1.4.0", "größer 画像 – 1.4.0"],
    ["security row 24: leaves out escape sequences' control characters", "\u001b[31mred\u009b0m\u007f", "[31mred0m"],
    ["makes one line of several", "one\r\n\ttwo\u2028three", "one two three"],
    ["leaves out characters that turn the writing direction", "a\u202eb\u2066c", "abc"],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => strictEqual(printableLine(text), expected));
  }
});

describe("printableJson", () => {
  it("security row 24: holds no control character but the line breaks of its layout", () => {
    strictEqual(printableJson({ a: "\u001b\u009b\n\u202e" }), '{\n  "a": "\\u001b\\u009b\\n\\u202e"\n}');
  });

  it("is read back as the same value", () => {
    const value = { a: ["\u007f\u0085\u{e0001}", "画像"] };
    strictEqual(JSON.stringify(JSON.parse(printableJson(value))), JSON.stringify(value));
  });
});
