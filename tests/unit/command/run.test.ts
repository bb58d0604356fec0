import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import { type CommandWorld, run } from "../../../provider/command/run";
import { closeServer, portOf } from "../../support/countingProxy";

/** A registry that has these bytes under every name. */
async function serving(bytes: Buffer, use: (reference: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`localhost:${portOf(server)}/team/server`);
  } finally {
    await closeServer(server);
  }
}

async function running(words: readonly string[], changes: Partial<CommandWorld> = {}) {
  const written: (string | Uint8Array)[] = [];
  const reported: string[] = [];
  const unused = () => Promise.reject(new Error("It must not be read."));
  const exitCode = await run(words, {
    version: "1.2.3",
    isTerminal: false,
    readFile: unused,
    readInput: unused,
    write: async (output) => void written.push(output),
    report: (line) => void reported.push(line),
    ...changes,
  });
  return { exitCode, written, reported };
}

describe("run", () => {
  it("prints the version alone", async () => {
    deepStrictEqual(await running(["--version"]), { exitCode: 0, written: ["1.2.3\n"], reported: [] });
  });

  it("prints help that tells every exit code and fits 100 columns", async () => {
    const { exitCode, written } = await running(["--help"]);
    const lines = String(written).split("\n");
    strictEqual(exitCode, 0);
    deepStrictEqual(
      lines.flatMap((line) => /^ {2}(\d) {2}/.exec(line)?.[1] ?? []),
      ["0", "1", "2", "3", "4", "5"],
    );
    deepStrictEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
  });

  it("ends with 2 and one line for wrong usage", async () => {
    deepStrictEqual(await running(["inspect"]), {
      exitCode: 2,
      written: [],
      reported: ["multiarch: multiarch inspect needs a REFERENCE. See multiarch --help."],
    });
  });

  it("security row 10: ends with 2 for a malformed reference, which it does not ask for", async () => {
    const { exitCode } = await running(["inspect", "r.example/a%2e%2e/b"]);
    strictEqual(exitCode, 2);
  });

  it("ends with 2 for a repository with a tag", async () => {
    const { exitCode } = await running(["tags", "r.example/a:1"]);
    strictEqual(exitCode, 2);
  });

  it("ends with 1 and one line when its output cannot be written", async () => {
    const write = () => Promise.reject(new Error("no space\nleft"));
    deepStrictEqual(await running(["--version"], { write }), {
      exitCode: 1,
      written: [],
      reported: ["multiarch: no space left"],
    });
  });

  describe("with --raw", () => {
    const hostile = Buffer.from('{"schemaVersion": 2,\n\t"manifests": [], "\u009b2J": "\u001b[31m"}\n');

    it("writes the registry's bytes as they are where no terminal is", async () => {
      await serving(hostile, async (reference) => {
        const { written } = await running(["inspect", "--raw", reference]);
        deepStrictEqual(written, [hostile]);
      });
    });

    it("security row 24: leaves control characters out on a terminal", async () => {
      await serving(hostile, async (reference) => {
        const { written } = await running(["inspect", "--raw", reference], { isTerminal: true });
        deepStrictEqual(written, ['{"schemaVersion": 2,\n\t"manifests": [], "2J": "[31m"}\n']);
      });
    });
  });

  describe("with PULUMI_MULTIARCH_DEBUG=http", () => {
    before(() => {
      process.env["PULUMI_MULTIARCH_DEBUG"] = "http";
    });
    after(() => {
      delete process.env["PULUMI_MULTIARCH_DEBUG"];
    });

    it("reports each request beside its output", async () => {
      await serving(Buffer.from('{"manifests": []}'), async (reference) => {
        const { written, reported } = await running(["inspect", "--raw", reference]);
        const [host] = reference.split("/");
        deepStrictEqual(written.map(String), ['{"manifests": []}']);
        deepStrictEqual(
          reported.map((line) => line.replace(/\d+ ms$/, "_ ms")),
          [`multiarch: http: GET http://${host}/v2/team/server/manifests/latest: 200 after _ ms`],
        );
      });
    });
  });
});
