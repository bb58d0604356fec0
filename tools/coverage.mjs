import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";

/**
 * The start of a command that measures how much of provider/ another command runs, and fails below nine lines in ten.
 * Files that hold types only are left out: they would count as never run.
 */
export function coverageCommand() {
  const measured = ["--all", "--skip-full", "--include=provider/**", ...typeFiles().map((file) => `--exclude=${file}`)];
  // The last option has a value of its own: c8 would take the command's name for one.
  return ["c8", ...measured, "--check-coverage", "--lines=90", "--reporter=text"];
}

function typeFiles() {
  const compiled = readdirSync(join(root, "bin", "provider"), { recursive: true }).filter((name) =>
    name.endsWith(".js"),
  );
  const withoutCode = compiled.filter((name) =>
    isEmptyModule(readFileSync(join(root, "bin", "provider", name), "utf8")),
  );
  return withoutCode.map((name) => join("provider", name.replace(/\.js$/, ".ts")));
}

function isEmptyModule(javascript) {
  const lines = javascript.split("\n").filter((line) => line !== "" && !line.startsWith("//"));
  return lines.every((line) => /^"use strict";$|^Object\.defineProperty\(exports, "__esModule"/.test(line));
}
