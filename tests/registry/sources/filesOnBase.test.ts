import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { layerTar, writeBase } from "../../support/bases";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { binaryFor } from "../../support/images";
import { makeLayout } from "../../support/layouts";
import { forEachRegistry } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";

const crane = join(__dirname, "../../../.tools/bin/crane");
const platform = "linux/arm64";
const parameters = {
  User: "app",
  Env: ["PATH=/usr/bin:/bin", "LANG=C"],
  Cmd: ["/bin/sh"],
  WorkingDir: "/srv",
  Labels: { base: "yes" },
  StopSignal: "SIGINT",
};
const history = [
  { created: "2024-01-01T00:00:00Z", created_by: "ADD rootfs.tar /" },
  { created: "2024-01-01T00:00:00Z", created_by: 'CMD ["/bin/sh"]', empty_layer: true },
  { created: "2024-01-02T00:00:00Z", created_by: "RUN rm /etc/motd" },
];

forEachRegistry("files on a base", (registry) => {
  let folder: string;
  let proxy: CountingProxy;
  let base: string;
  let repository: string;
  beforeEach(async () => {
    repository = uniqueName();
    folder = mkdtempSync(join(tmpdir(), "files-on-base-"));
    proxy = await countingProxy(registry().address);
    mkdirSync(join(folder, "out/site/css"), { recursive: true });
    writeFileSync(join(folder, "out/site/index.html"), "<p>hello</p>");
    symlinkSync("../index.html", join(folder, "out/site/css/up.html"));
    writeFileSync(join(folder, "out/tool"), startOf(binaryFor(platform)));
    base = uniqueName();
    await pushBase(registry().address, base, false);
  });
  afterEach(async () => {
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });

  const newProcess = () =>
    startProcess({ directory: folder, environment: { PULUMI_MULTIARCH_CACHE_DIR: join(folder, "cache") } });
  const program = (changes: object = {}): PropertyBag => ({
    registry: { address: proxy.address },
    repository,
    tag: "1",
    platform,
    source: {
      files: { "/bin/tool": "out/tool", "/srv/site": { path: "out/site", uid: 33, gid: 33 } },
      base: `${proxy.address}/${base}:1`,
      config: { entrypoint: ["/usr/bin/tool"], env: { LANG: "C.UTF-8", PORT: "80" }, labels: { own: "yes" } },
      ...changes,
    },
  });
  const reference = () => `${registry().address}/${repository}:1`;
  const readBy = {
    skopeo: () => json("skopeo", "inspect", "--config", "--raw", "--tls-verify=false", `docker://${reference()}`),
    crane: () => json(crane, "config", "--insecure", reference()),
  };
  const manifest = () => json(crane, "manifest", "--insecure", reference());
  const blob = ({ digest }: Descriptor) =>
    execFileSync(crane, ["blob", "--insecure", `${registry().address}/${repository}@${digest}`], {
      maxBuffer: 1 << 26,
    });

  it("push the image that the preview showed", async () => {
    const image = platformImage();
    const { inputs } = await image.preview(program(), newProcess());
    const outputs = await image.up(program(), newProcess());
    assert.equal(outputs["digest"], inputs["digest"]);
    const digest = execFileSync(crane, ["digest", "--insecure", reference()], { encoding: "utf8" }).trim();
    assert.equal(digest, outputs["digest"]);
  });

  for (const reader of ["skopeo", "crane"] as const)
    it(`keep the base's config and history and add their own, as ${reader} reads it`, async () => {
      await platformImage().up(program(), newProcess());
      const config = readBy[reader]();
      assert.deepEqual(config.config, {
        User: "app",
        Env: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "PORT=80"],
        Entrypoint: ["/usr/bin/tool"],
        WorkingDir: "/srv",
        Labels: { base: "yes", own: "yes" },
        StopSignal: "SIGINT",
      });
      assert.deepEqual(config.history, [...history, { created_by: "pulumi-multiarch: files" }]);
    });

  it("leave an image whose diff_ids are those of its layers", async () => {
    await platformImage().up(program(), newProcess());
    const { layers } = manifest();
    const unpacked = layers.map((layer: Descriptor) => sha256(gunzipSync(blob(layer))));
    assert.deepEqual(readBy.crane().rootfs.diff_ids, unpacked);
    assert.equal(layers.length, 3);
    execFileSync("skopeo", ["copy", "-q", "--src-tls-verify=false", `docker://${reference()}`, `oci:${folder}/copy`]);
  });

  it("are written through the base's links, into folders that stay as they were", async () => {
    await platformImage().up(program(), newProcess());
    const layer = blob(manifest().layers.at(-1));
    assert.deepEqual(list(gunzipSync(layer)), [
      "drwxr-xr-x 0/0 srv/",
      "drwxr-xr-x 33/33 srv/site/",
      "drwxr-xr-x 33/33 srv/site/css/",
      "lrwxrwxrwx 33/33 srv/site/css/up.html -> ../index.html",
      "-rw-r--r-- 33/33 srv/site/index.html",
      "drwxr-xr-x 0/0 usr/",
      "drwx--x--x 5/6 usr/bin/",
      "-rwxr-xr-x 0/0 usr/bin/tool",
    ]);
    const exported = list(execFileSync(crane, ["export", "--insecure", reference(), "-"], { maxBuffer: 1 << 26 }));
    assert.ok(exported.includes("lrwxrwxrwx 0/0 bin -> usr/bin"));
    assert.ok(!exported.some((line) => line.endsWith("etc/motd")));
  });

  it("mount the base's layers, which are neither sent nor, a second time, read", async () => {
    const image = platformImage();
    await image.preview(program(), newProcess());
    proxy.reset();
    await image.up(program(), newProcess());
    const { layers } = manifest();
    const sent = proxy.requests.filter(({ method }) => method === "PUT" || method === "PATCH");
    assert.equal(sent.filter(({ path }) => path.includes("/blobs/")).length, 2);
    const read = proxy.requests.filter(({ method, path }) => method === "GET" && path.includes("/blobs/"));
    assert.ok(!read.some(({ path }) => layers.some(({ digest }: Descriptor) => path.endsWith(digest))));
  });

  it("give nothing to do in a second run", async () => {
    const image = platformImage();
    await image.up(program(), newProcess());
    assert.equal((await image.preview(program(), newProcess())).changes, false);
  });

  it("follow the base's tag", async () => {
    const image = platformImage();
    await image.up(program(), newProcess());
    await pushBase(registry().address, base, false, "changed");
    assert.equal((await image.preview(program(), newProcess())).changes, true);
  });

  it("are laid on a base in Docker format, and on one in an OCI layout, alike", async () => {
    const { digest } = await platformImage().up(program(), newProcess());
    await pushBase(registry().address, base, true);
    assert.equal((await platformImage().up(program(), newProcess()))["digest"], digest);
    const layout = await writeLayout(false);
    const onLayout = program({ base: { ociLayout: layout.directory } });
    const repositories = { ...onLayout, repository: uniqueName() };
    assert.equal((await platformImage().up(repositories, newProcess()))["digest"], digest);
    layout.remove();
  });

  it("keep the version, the features and the layout of a Windows base", async () => {
    const layout = makeLayout();
    const security = { "MSWINDOWS.rawsd": "c2VjdXJpdHk=" };
    const folders = [
      { name: "Files" },
      { name: "Files/Program Files", pax: { "MSWINDOWS.fileattr": "16", ...security } },
      { name: "Hives" },
    ];
    const windows = { os: "windows", architecture: "amd64", "os.version": "10.0.20348.1", "os.features": ["win32k"] };
    layout.publish(writeBase(layout, { tars: [await layerTar(folders)], platform: windows }));
    const target = `docker://${registry().address}/${base}:windows`;
    execFileSync("skopeo", ["copy", "-q", "--dest-tls-verify=false", `oci:${layout.directory}`, target]);
    layout.remove();
    const source = {
      files: { "/program files/tool.exe": "out/site/index.html" },
      base: `${proxy.address}/${base}:windows`,
    };
    await platformImage().up({ ...program(), platform: "windows/amd64", source }, newProcess());
    const { os, "os.version": version, "os.features": features } = readBy.crane();
    assert.deepEqual([os, version, features], ["windows", "10.0.20348.1", ["win32k"]]);
    const tar = gunzipSync(blob(manifest().layers.at(-1)));
    assert.deepEqual(
      list(tar).map((line) => line.split(" ").slice(2).join(" ")),
      ["Hives/", "Files/", "Files/Program Files/", "Files/Program Files/tool.exe"],
    );
    assert.ok(tar.includes("MSWINDOWS.rawsd=c2VjdXJpdHk="));
  });

  it("are refused with the path to blame when an executable among them is for another platform", async () => {
    writeFileSync(join(folder, "out/site/helper"), startOf(binaryFor("linux/s390x")));
    await assert.rejects(
      platformImage().preview(program(), newProcess()),
      /^ProviderError: source\.files\["\/srv\/site"\]: linux\/arm64 is declared, but the header of .*out\/site\/helper says linux\/s390x/,
    );
  });

  it("are refused, naming source.base, when the base is not there", async () => {
    await assert.rejects(
      platformImage().preview(program({ base: `${proxy.address}/${base}:2` }), newProcess()),
      new RegExp(`source\\.base: ${proxy.address}/${base}:2: the registry has no such manifest`),
    );
  });
});

async function writeLayout(docker: boolean, text = "") {
  const layout = makeLayout();
  const root = [
    { name: "etc" },
    { name: "etc/motd", text: `hello${text}` },
    { name: "srv" },
    { name: "usr" },
    { name: "usr/bin", mode: 0o711, uid: 5, gid: 6 },
    { name: "usr/bin/sh", text: "shell" },
    { name: "bin", mode: 0o777, linkpath: "usr/bin" },
  ];
  const tars = [await layerTar(root), await layerTar([{ name: "etc/.wh.motd", text: "" }])];
  layout.publish(writeBase(layout, { tars, parameters, history, docker }));
  return layout;
}

async function pushBase(address: string, name: string, docker: boolean, text?: string): Promise<void> {
  const layout = await writeLayout(docker, text);
  const format = docker ? ["--format", "v2s2"] : [];
  const target = `docker://${address}/${name}:1`;
  const options = ["copy", "-q", "--insecure-policy", "--dest-tls-verify=false", ...format];
  execFileSync("skopeo", [...options, `oci:${layout.directory}`, target]);
  layout.remove();
}

function list(tar: Uint8Array): readonly string[] {
  const listed = execFileSync("tar", ["-tvf", "-", "--numeric-owner", "--warning=no-unknown-keyword"], {
    input: tar,
    encoding: "utf8",
  });
  return listed
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^(\S+ \S+) +\d+ \S+ \S+ /, "$1 "));
}

function json(command: string, ...parameters: readonly string[]) {
  return JSON.parse(execFileSync(command, parameters, { encoding: "utf8" }));
}

/** Enough of a real program to be told as one, and quickly compressed. */
function startOf(path: string): Uint8Array {
  return readFileSync(path).subarray(0, 100_000);
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
