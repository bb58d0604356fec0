import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { unknownValue } from "../../../provider/resources/properties/unknown";
import otherNodes from "../../../tools/nodes.json";
import { layerTar, writeBase } from "../../support/bases";
import { bundle } from "../../support/bundle";
import { startProcess } from "../../support/context";
import { binaryFor } from "../../support/images";
import { type Layout, makeLayout } from "../../support/layouts";
import { checkout } from "../../support/sourceFiles";
import { platformImage } from "../resources/engine";

const platform = "linux/arm64";

/** What is different on the other machine. */
interface Machine {
  readonly node?: string;
  readonly directory?: string;
  readonly umask?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Loaded before the program. */
  readonly preload?: string;
}

describe("an image of files on another machine", function () {
  this.timeout(30_000);
  let folder: string;
  let program: string;
  let layout: Layout;
  let source: PropertyBag;
  let digest: unknown;
  const cache = () => ({ PULUMI_MULTIARCH_CACHE_DIR: join(folder, "cache") });
  const preview = async (environment: Readonly<Record<string, string>>) => {
    // While the address is not known, no registry is asked.
    const inputs = { registry: { address: unknownValue }, repository: "team/server", platform, source };
    const process = startProcess({ directory: join(folder, "here"), environment });
    return (await platformImage().preview(inputs, process)).inputs["digest"];
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "elsewhere-"));
    program = join(folder, "program.js");
    bundle(join(__dirname, "resolveElsewhere.ts"), program);
    mkdirSync(join(folder, "here/site/css"), { recursive: true });
    writeFileSync(join(folder, "here/tool"), readFileSync(binaryFor(platform)).subarray(0, 200_000));
    for (const name of ["index.html", "a", "z", "é", "B"])
      writeFileSync(join(folder, "here/site", name), `<p>${name}</p>`);
    symlinkSync("../index.html", join(folder, "here/site/css/up.html"));
    layout = makeLayout();
    const tars = [await layerTar([{ name: "usr" }, { name: "usr/bin", mode: 0o711, uid: 5, gid: 6 }])];
    layout.publish(writeBase(layout, { tars }));
    source = {
      files: { "/usr/bin/tool": "tool", "/srv": { path: "site", uid: 33 } },
      base: { ociLayout: layout.directory },
      config: { entrypoint: ["/usr/bin/tool"], env: { B: "2", A: "1" } },
    };
    digest = await preview(cache());
  });
  after(() => {
    rmSync(folder, { recursive: true });
    layout.remove();
  });

  async function digestOn({ node = process.execPath, directory = join(folder, "here"), ...machine }: Machine) {
    const command = `umask ${machine.umask ?? "022"}; exec "$@"`;
    const preload = machine.preload === undefined ? [] : ["-r", machine.preload];
    const args = [node, ...preload, program, directory, platform, JSON.stringify(source)];
    const env = { PATH: process.env["PATH"], PULUMI_MULTIARCH_CACHE_DIR: "", ...machine.environment };
    return (await promisify(execFile)("sh", ["-c", command, "sh", ...args], { cwd: "/", env })).stdout;
  }

  /** The same contents, made by somebody else: other times and modes, and in another order. */
  function copied(): string {
    const directory = join(folder, "there");
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, "site"), { recursive: true, mode: 0o700 });
    for (const name of ["z", "é", "index.html", "css", "B", "a"])
      cpSync(join(folder, "here/site", name), join(directory, "site", name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    cpSync(join(folder, "here/tool"), join(directory, "tool"));
    chmodSync(join(directory, "tool"), 0o600);
    chmodSync(join(directory, "site/a"), 0o777);
    utimesSync(join(directory, "tool"), 5, 5);
    return directory;
  }

  const machines: Readonly<Record<string, () => Machine>> = {
    "with another working folder, umask, time zone and locale": () => ({
      umask: "0077",
      environment: { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
    }),
    "with files of other times and modes that were made in another order": () => ({ directory: copied() }),
    "with the cache of this one": () => ({ environment: cache() }),
    "whose zlib cannot compress at all": () => ({ preload: join(__dirname, "withoutCompressor.cjs") }),
    ...Object.fromEntries(
      otherNodes.map((version) => [
        `with Node.js ${version}`,
        () => ({ node: join(checkout, ".tools", `node-${version}`, "node") }),
      ]),
    ),
  };
  for (const [title, machine] of Object.entries(machines))
    it(`has the same digest: one ${title}`, async () => {
      assert.equal(await digestOn(machine()), digest);
    });

  it("has the same digest in many processes at once that share an empty cache, and leaves nothing half-written", async () => {
    const shared = join(folder, "shared");
    const environment = { PULUMI_MULTIARCH_CACHE_DIR: shared };
    const digests = await Promise.all(Array.from({ length: 8 }, () => digestOn({ environment })));
    assert.deepEqual(new Set(digests), new Set([digest]));
    assert.deepEqual(
      readdirSync(join(shared, "v1")).filter((name) => name.endsWith(".part")),
      [],
    );
  });

  it("has another digest with SOURCE_DATE_EPOCH, the same everywhere", async () => {
    const environment = { SOURCE_DATE_EPOCH: "1700000000" };
    const timed = await preview({ ...cache(), ...environment });
    assert.notEqual(timed, digest);
    assert.equal(await digestOn({ directory: copied(), environment: { ...environment, TZ: "America/Lima" } }), timed);
  });
});
