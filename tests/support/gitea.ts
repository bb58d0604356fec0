import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./registries";
import { type Server, served } from "./server";

const binary = join(__dirname, "../../.tools/bin/gitea");
const staticFiles = join(__dirname, "../../.tools/gitea-static");
const account = { username: "ada", password: "enchantress-of-numbers" };

/** Gitea with an account of its own. */
export interface Gitea extends Server {
  readonly account: { readonly username: string; readonly password: string };
}

/**
 * Starts Gitea on a free loopback port, with one account and the organisation `team`: the first element of every repository's name is
 * an owner. It refuses to run as root.
 * @throws when it did not start.
 */
export async function startGitea(): Promise<Gitea> {
  const folder = mkdtempSync(join(tmpdir(), "multiarch-gitea-"));
  chmodSync(folder, 0o777);
  const port = await freePort();
  const configuration = join(folder, "app.ini");
  writeFileSync(configuration, configurationOf(folder, port));
  // It adds secrets of its own.
  chmodSync(configuration, 0o666);
  const gitea = (...args: readonly string[]) => ["--config", configuration, ...args];
  const command = (args: readonly string[]) => [...asNobody(folder), binary, ...gitea(...args)];
  const run = (...args: readonly string[]) => execFileSync("setpriv", command(args), { stdio: "ignore" });
  run("migrate");
  const { username, password } = account;
  const identity = [`--username=${username}`, `--password=${password}`, "--email=ada@example.com"];
  run("admin", "user", "create", "--admin", "--must-change-password=false", ...identity);
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command(["web"])], { stdio: "ignore" });
  const server = await served(child, port, "Gitea");
  await createOrganisation(server.url, "team");
  return {
    ...server,
    account,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function asNobody(folder: string): readonly string[] {
  const environment = ["env", `HOME=${folder}`, "USER=nobody", `GITEA_WORK_DIR=${folder}`];
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
  return [...identity, "--", ...environment];
}

function configurationOf(folder: string, port: number): string {
  const user = process.getuid?.() === 0 ? "nobody" : (process.env["USER"] ?? "");
  return `RUN_MODE = prod
RUN_USER = ${user}
WORK_PATH = ${folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://localhost:${port}/
STATIC_ROOT_PATH = ${staticFiles}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = one-registry-only-so-any-text-will-do
PASSWORD_HASH_ALGO = pbkdf2
[packages]
ENABLED = true
[cron]
ENABLED = false
[log]
LEVEL = Error
`;
}

async function createOrganisation(url: string, name: string): Promise<void> {
  const { username, password } = account;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const answer = await fetch(`${url}/api/v1/orgs`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ username: name }),
  });
  if (answer.status !== 201) throw new Error(`Gitea made no organisation: ${answer.status} ${await answer.text()}`);
}
