#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { run } from "./run";

// By the package's own name: the path to package.json differs between the sources and what is compiled.
const { version }: { readonly version: string } = require("pulumi-multiarch/package.json");

// Every write's callback tells of its failure. What cannot be written to standard error can be told nowhere: the exit code stays.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

void run(process.argv.slice(2), {
  version,
  isTerminal: process.stdout.isTTY,
  readFile: (path) => readFile(path, "utf8"),
  readInput: () => text(process.stdin),
  write: (output) =>
    new Promise((resolve, reject) => {
      process.stdout.write(output, (error) => (error && !isClosedPipe(error) ? reject(error) : resolve()));
    }),
  report: (line) => process.stderr.write(`${line}\n`),
}).then((exitCode) => {
  process.exitCode = exitCode;
});

/** A reader that has seen enough, such as `head`, is no failure. */
function isClosedPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === "EPIPE";
}
