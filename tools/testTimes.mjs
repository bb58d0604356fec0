import { relative } from "node:path";
import { root } from "./process.mjs";

const longestCount = 10;

/**
 * Tells where the time of a run went: the folders below `tests`, then the files that took longest.
 * @param files - milliseconds of tests and hooks, by the absolute path of the test file.
 * @returns the lines of a table; none when nothing ran.
 */
export function timesTable(files) {
  const times = new Map([...files].map(([file, milliseconds]) => [relative(root, file), milliseconds]));
  const folders = new Map();
  for (const [file, milliseconds] of times) {
    const folder = file.split("/").slice(0, 2).join("/");
    folders.set(folder, (folders.get(folder) ?? 0) + milliseconds);
  }
  if (times.size === 0) return [];
  return [
    "\nSeconds of tests and hooks by folder (files that run at once all count):",
    ...rows(folders),
    "By file, the longest first:",
    ...rows(times).slice(0, longestCount),
  ];
}

function rows(times) {
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .map(([name, milliseconds]) => `${(milliseconds / 1000).toFixed(1).padStart(8)}  ${name}`);
}
