import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A registry that a test talks to. */
export interface Registry {
  /** `localhost:PORT`, as it stands in a reference. */
  readonly address: string;
  /** The address with its scheme, without a path. */
  readonly url: string;
  /** Where its data is, when {@link startRegistry} started it. */
  readonly directory?: string;
}

/** A registry that {@link startRegistry} started. */
export interface LocalRegistry extends Registry {
  /** Where its data, its configuration and its log (`registry.log`) are. */
  readonly directory: string;
  /** Ends the process and removes the directory. */
  stop(): Promise<void>;
}

/** How distribution asks for and verifies bearer tokens. */
export interface TokenSettings {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** File of PEM certificates that may sign tokens: what version 2 reads. */
  readonly rootCertificates: string;
  /** File of a JSON Web Key Set: what version 3 reads. */
  readonly keys: string;
}

/** What {@link startRegistry} can be told. */
export interface RegistryOptions {
  /** 2: Debian's `docker-registry`, distribution 2.8. 3: distribution 3, as `tools/registry` pins it. */
  readonly version: 2 | 3;
  /** Whether manifests and blobs may be deleted; yes by default. */
  readonly deletes?: boolean;
  /** How the addresses of foreign layers begin that it lets manifests have; none by default, as distribution's own. */
  readonly foreignLayersFrom?: string;
  /** Whether an index is taken although the registry lacks what it lists: no by default. Of version 3 alone. */
  readonly takesIncompleteIndexes?: boolean;
  /** The one account that may do everything. */
  readonly htpasswd?: { readonly username: string; readonly password: string };
  readonly token?: TokenSettings;
  /** PEM texts; with them the registry speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

const binaries = { 2: "docker-registry", 3: join(__dirname, "../../.tools/bin/registry") };
const startAttempts = 5;
const startTimeoutMs = 20_000;

/**
 * Starts a CNCF distribution registry on a free loopback port; it ends with the test process at the latest.
 * @returns the registry, which listens.
 * @throws when it did not start, with what it said.
 */
export async function startRegistry(options: RegistryOptions): Promise<LocalRegistry> {
  const directory = await mkdtemp(join(tmpdir(), `multiarch-registry-${options.version}-`));
  try {
    for (let attempt = 1; attempt <= startAttempts; attempt++) {
      const port = await freePort();
      const process = await serve(options, directory, port);
      if (process) return localRegistry(options, directory, port, process);
    }
    throw new Error(`No free port for a registry after ${startAttempts} attempts.`);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Describes the same behaviour on distribution 2.8 and on distribution 3; or, when the environment variable REGISTRY_URL
 * is set, once on the registry that it names (`http://localhost:5000`).
 * @param body - declares the tests; its argument gives the registry inside hooks and tests.
 */
export function forEachRegistry(title: string, body: (registry: () => Registry) => void): void {
  if (!describeOnNamedRegistry(title, body)) forEachDistribution(title, () => ({}), body);
}

/**
 * Describes behaviour on distribution 3 alone, or on the registry that REGISTRY_URL names: for what is slow and is tested on
 * every registry elsewhere, or depends on none. `npm run test:all` runs it on both versions of distribution.
 * @param body - as for {@link forEachRegistry}.
 */
export function onOneRegistry(title: string, body: (registry: () => Registry) => void): void {
  if (!describeOnNamedRegistry(title, body)) onDistribution3(title, () => ({}), body);
}

/** @returns whether the environment names a registry. */
function describeOnNamedRegistry(title: string, body: (registry: () => Registry) => void): boolean {
  const { REGISTRY_URL: named } = process.env;
  if (!named) return false;
  const registry = { address: new URL(named).host, url: new URL(named).origin };
  describe(`${title}, on ${registry.address}`, () => body(() => registry));
  return true;
}

type SetUp = Omit<RegistryOptions, "version">;

/**
 * Describes the same behaviour on distribution 2.8 and on distribution 3, for what needs a registry that is set up in a
 * special way.
 * @param setUp - how the registry is set up; called before it starts.
 * @param body - declares the tests; its argument gives the registry inside hooks and tests.
 */
export function forEachDistribution(
  title: string,
  setUp: () => SetUp | Promise<SetUp>,
  body: (registry: () => LocalRegistry) => void,
): void {
  for (const version of [2, 3] as const) onDistribution(version, title, setUp, body);
}

/**
 * Describes behaviour on distribution 3 alone, and with `npm run test:all` on 2.8, too; otherwise as {@link forEachDistribution}.
 */
export function onDistribution3(
  title: string,
  setUp: () => SetUp | Promise<SetUp>,
  body: (registry: () => LocalRegistry) => void,
): void {
  for (const version of process.env["MULTIARCH_TESTS"] === "all" ? ([2, 3] as const) : ([3] as const))
    onDistribution(version, title, setUp, body);
}

function onDistribution(
  version: RegistryOptions["version"],
  title: string,
  setUp: () => SetUp | Promise<SetUp>,
  body: (registry: () => LocalRegistry) => void,
): void {
  describe(`${title}, on distribution ${version}`, () => {
    let registry: LocalRegistry | undefined;
    before(async function () {
      this.timeout(startTimeoutMs);
      registry = await startRegistry({ version, ...(await setUp()) });
    });
    body(() => {
      if (!registry) throw new Error("The registry is there inside hooks and tests only.");
      return registry;
    });
    // Behind what the body registers: that may still need the registry.
    after(() => registry?.stop());
  });
}

/** A TCP port of the loopback interface that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("A TCP server has no port.");
  return address.port;
}

/** @returns the process that listens, `undefined` when another process took the port first. */
async function serve(options: RegistryOptions, directory: string, port: number): Promise<ChildProcess | undefined> {
  const configuration = join(directory, "configuration.yml");
  await writeFile(configuration, JSON.stringify(await configure(options, directory, port)));
  const log = join(directory, "registry.log");
  const child = await launch(["serve", configuration], options.version, log);
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const hasEnded = isEnded(child);
    const said = await readFile(log, "utf8");
    if (said.includes("listening on")) return child;
    if (hasEnded && said.includes("address already in use")) return undefined;
    if (hasEnded || Date.now() > deadline) {
      await end(child);
      throw new Error(`${binaries[options.version]} did not start within ${startTimeoutMs} ms. It said:\n${said}`);
    }
    await setTimeout(20);
  }
}

async function launch(command: readonly string[], version: 2 | 3, log: string): Promise<ChildProcess> {
  const file = await open(log, "w");
  try {
    // The kernel ends the registry when the test process dies, however that happens.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", binaries[version], ...command], {
      stdio: ["ignore", file.fd, file.fd],
      env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
    });
    child.unref();
    return child;
  } finally {
    await file.close();
  }
}

function isEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (isEnded(child)) return;
  child.ref();
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

function localRegistry(
  options: RegistryOptions,
  directory: string,
  port: number,
  process: ChildProcess,
): LocalRegistry {
  const address = `localhost:${port}`;
  return {
    address,
    url: `${options.tls ? "https" : "http"}://${address}`,
    directory,
    async stop() {
      await end(process);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The registry's configuration file, JSON being YAML. */
async function configure(options: RegistryOptions, directory: string, port: number): Promise<unknown> {
  return {
    version: "0.1",
    log: { level: "info" },
    storage: {
      filesystem: { rootdirectory: join(directory, "data") },
      delete: { enabled: options.deletes ?? true },
    },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: "one registry only, so any text will do",
      ...(options.tls && { tls: await certificateFiles(options.tls, directory) }),
    },
    validation: { manifests: manifestRules(options) },
    ...(options.htpasswd && { auth: { htpasswd: await accountFile(options.htpasswd, directory) } }),
    ...(options.token && { auth: { token: tokenConfiguration(options.version, options.token) } }),
  };
}

function manifestRules({ foreignLayersFrom, takesIncompleteIndexes }: RegistryOptions): object {
  return {
    ...(foreignLayersFrom && { urls: { allow: [`^${foreignLayersFrom}`] } }),
    ...(takesIncompleteIndexes && { indexes: { platforms: "none" } }),
  };
}

async function certificateFiles(tls: { cert: string; key: string }, directory: string): Promise<object> {
  const files = { certificate: join(directory, "tls.crt"), key: join(directory, "tls.key") };
  await writeFile(files.certificate, tls.cert);
  await writeFile(files.key, tls.key);
  return files;
}

async function accountFile(account: { username: string; password: string }, directory: string): Promise<object> {
  const path = join(directory, "htpasswd");
  // The lowest cost that bcrypt has: the registry computes it on every request.
  await writeFile(
    path,
    execFileSync("htpasswd", ["-niB", "-C", "4", account.username], {
      input: account.password,
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  return { realm: "registry", path };
}

function tokenConfiguration(version: 2 | 3, settings: TokenSettings): object {
  const { realm, service, issuer } = settings;
  const trust = version === 2 ? { rootcertbundle: settings.rootCertificates } : { jwks: settings.keys };
  return { realm, service, issuer, ...trust };
}
