import { deepStrictEqual, rejects } from "node:assert/strict";
import { readConnection } from "../../../provider/command/connection";

const unused = () => Promise.reject(new Error("It must not be read."));
const world = { readFile: unused, readInput: unused };

describe("readConnection", () => {
  it("leaves everything to the defaults and reads nothing without options", async () => {
    deepStrictEqual(await readConnection({ plainHttp: false }, world), {});
  });

  it("asks for plain HTTP with --plain-http", async () => {
    deepStrictEqual(await readConnection({ plainHttp: true }, world), { plainHttp: true });
  });

  it("reads the certificates, and speaks TLS on a loopback host too", async () => {
    const readFile = async (path: string) => `certificates of ${path}`;
    deepStrictEqual(await readConnection({ plainHttp: false, caFile: "ca.pem" }, { ...world, readFile }), {
      plainHttp: false,
      caCertificate: "certificates of ca.pem",
    });
  });

  it("names a file of certificates that it cannot read", async () => {
    await rejects(readConnection({ plainHttp: false, caFile: "ca.pem" }, world), {
      code: "ERR_INPUT_INVALID",
      message: "The file that --ca names cannot be read: ca.pem. Give the path of a PEM file.",
    });
  });

  const passwords: readonly (readonly [title: string, input: string, expected: string])[] = [
    ["as it is", "pass word ", "pass word "],
    ["without the line break of echo", "secret\n", "secret"],
    ["without a Windows line break", "secret\r\n", "secret"],
    ["with all but the last line break", "one\n\n", "one\n"],
  ];
  for (const [title, input, password] of passwords) {
    it(`takes the password from standard input ${title}`, async () => {
      const readInput = async () => input;
      deepStrictEqual(await readConnection({ plainHttp: false, username: "me" }, { ...world, readInput }), {
        credentials: { username: "me", password },
      });
    });
  }

  it("refuses an empty password", async () => {
    const readInput = async () => "\n";
    await rejects(readConnection({ plainHttp: false, username: "me" }, { ...world, readInput }), {
      code: "ERR_INPUT_INVALID",
      details: { path: "--password-stdin" },
    });
  });
});
