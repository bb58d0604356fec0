import { execFileSync } from "node:child_process";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalRegistry } from "./registries";

/** Gives a registry with an account another password for it, which it takes at once, instead of the one before. */
export async function changePassword(
  { directory }: Pick<LocalRegistry, "directory">,
  username: string,
  password: string,
): Promise<void> {
  const account = execFileSync("htpasswd", ["-niB", "-C", "4", username], { input: password, stdio: "pipe" });
  const path = join(directory, "htpasswd");
  await writeFile(path, account);
  // The registry looks at the file's time, which may be the same second as before.
  const later = new Date(Date.now() + Math.random() * 1e6);
  await utimes(path, later, later);
}
