import { deepStrictEqual, throws } from "node:assert/strict";
import { type CommandLine, parseCommandLine } from "../../../provider/command/commandLine";

const reference = "r.example/a:1";
const connection = { plainHttp: false };

describe("parseCommandLine", () => {
  const understood: readonly (readonly [words: string, expected: CommandLine])[] = [
    ["--help", { command: "help" }],
    ["-h", { command: "help" }],
    ["inspect --help", { command: "help" }],
    ["--version", { command: "version" }],
    [`inspect ${reference}`, { command: "inspect", reference, output: "text", connection }],
    [`inspect ${reference} --json`, { command: "inspect", reference, output: "json", connection }],
    [`inspect --raw ${reference}`, { command: "inspect", reference, output: "raw", connection }],
    ["tags r.example/a", { command: "tags", repository: "r.example/a", output: "text", connection }],
    ["tags --json r.example/a", { command: "tags", repository: "r.example/a", output: "json", connection }],
    ["list r.example/a", { command: "list", repository: "r.example/a", output: "text", connection }],
    ["list --json r.example/a", { command: "list", repository: "r.example/a", output: "json", connection }],
    [
      `inspect --plain-http --ca ca.pem --username me --password-stdin ${reference}`,
      {
        command: "inspect",
        reference,
        output: "text",
        connection: { plainHttp: true, caFile: "ca.pem", username: "me" },
      },
    ],
  ];
  for (const [words, expected] of understood) {
    it(`understands: ${words}`, () => deepStrictEqual(parseCommandLine(words.split(" ")), expected));
  }

  const refused: readonly (readonly [words: readonly string[], message: string])[] = [
    [[], "There is no command. See multiarch --help."],
    [["push"], "There is no command 'push'. See multiarch --help."],
    [["inspect"], "multiarch inspect needs a REFERENCE. See multiarch --help."],
    [["tags"], "multiarch tags needs a REPOSITORY. See multiarch --help."],
    [["list"], "multiarch list needs a REPOSITORY. See multiarch --help."],
    [["inspect", "a", "b"], "multiarch inspect takes one REFERENCE only. See multiarch --help."],
    [["inspect", "a", "--json", "--raw"], "--json and --raw exclude each other. See multiarch --help."],
    [["tags", "a", "--raw"], "--raw is for multiarch inspect only. See multiarch --help."],
    [["tags", "a", "--username", "me"], "--username and --password-stdin go together. See multiarch --help."],
    [["tags", "a", "--password-stdin"], "--username and --password-stdin go together. See multiarch --help."],
    [["tags", "a", "--ca"], "Option '--ca <value>' argument missing. See multiarch --help."],
    [["tags", "a", "--ca", "--json"], "Option '--ca' argument is ambiguous. See multiarch --help."],
  ];
  for (const [words, message] of refused) {
    it(`refuses: multiarch ${words.join(" ")}`, () => {
      throws(() => parseCommandLine(words), { code: "ERR_INPUT_INVALID", message });
    });
  }

  it("security row 15: does not repeat the value of an option that it does not know", () => {
    throws(() => parseCommandLine(["tags", "a", "--password=hunter2"]), {
      code: "ERR_INPUT_INVALID",
      message: "Unknown option '--password'. See multiarch --help.",
    });
  });
});
