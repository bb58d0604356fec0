import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { parseBaseConfig } from "../../../provider/sources/baseConfig";
import { type ConfigContent, encodeConfig, sourceDateEpoch } from "../../../provider/sources/config";
import type { FilesConfig } from "../../../provider/sources/source";

const diffId = `sha256:${"a".repeat(64)}`;
const linux = { architecture: "arm64", os: "linux", variant: "v8" };

describe("encodeConfig", () => {
  it("writes every field in the order of image-spec's Go types, maps sorted", () => {
    const config: FilesConfig = {
      labels: { b: "2", a: "1" },
      cmd: ["--port", "80"],
      entrypoint: ["/server"],
      env: { PATH: "/bin", HOME: "/" },
      exposedPorts: ["8080/tcp", "53/udp", "80", "80/tcp"],
      user: "1000:1000",
      workingDir: "/srv",
    };
    assert.equal(
      text({ config, created: 1_700_000_000 }),
      '{"created":"2023-11-14T22:13:20Z","architecture":"arm64","os":"linux","variant":"v8",' +
        '"config":{"User":"1000:1000","ExposedPorts":{"53/udp":{},"80/tcp":{},"8080/tcp":{}},"Env":["HOME=/","PATH=/bin"],' +
        '"Entrypoint":["/server"],"Cmd":["--port","80"],"WorkingDir":"/srv","Labels":{"a":"1","b":"2"}},' +
        `"rootfs":{"type":"layers","diff_ids":["${diffId}"]},` +
        '"history":[{"created":"2023-11-14T22:13:20Z","created_by":"pulumi-multiarch: files"}]}',
    );
  });

  it("leaves out what is empty, and every time when none is given", () => {
    const empty = { user: "", workingDir: "", env: {}, labels: {}, cmd: [], entrypoint: [], exposedPorts: [] };
    assert.equal(text({ config: empty }), text({ config: {} }));
    assert.equal(
      text({ config: {} }),
      `{"architecture":"arm64","os":"linux","variant":"v8","config":{},"rootfs":{"type":"layers","diff_ids":["${diffId}"]},` +
        '"history":[{"created_by":"pulumi-multiarch: files"}]}',
    );
  });

  it("writes a platform's version and features", () => {
    const platform = { architecture: "amd64", os: "windows", "os.version": "10.0.20348.1", "os.features": ["win32k"] };
    const bytes = encodeConfig({ platform, config: {}, diffId });
    assert.match(
      Buffer.from(bytes).toString(),
      /"os":"windows","os.version":"10.0.20348.1","os.features":\["win32k"\],/,
    );
  });

  it("does not depend on the order in which maps and ports are given", () => {
    const one = text({ config: { env: { A: "1", B: "2" }, exposedPorts: ["1", "2"] } });
    assert.equal(text({ config: { env: { B: "2", A: "1" }, exposedPorts: ["2", "1"] } }), one);
  });

  const refused: readonly (readonly [FilesConfig, path: string])[] = [
    [{ env: { "A=B": "1" } }, 'source.config.env["A=B"]'],
    [{ env: { "": "1" } }, 'source.config.env[""]'],
    [{ exposedPorts: ["80", "http"] }, "source.config.exposedPorts[1]"],
    [{ exposedPorts: ["80/sctp"] }, "source.config.exposedPorts[0]"],
    [{ exposedPorts: ["65536"] }, "source.config.exposedPorts[0]"],
  ];
  for (const [config, path] of refused)
    it(`refuses ${JSON.stringify(config)}, naming ${path}`, () => {
      assert.throws(
        () => text({ config }),
        (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path,
      );
    });
});

describe("encodeConfig on a base", () => {
  const baseDiffId = `sha256:${"b".repeat(64)}`;
  const parameters = {
    User: "app",
    ExposedPorts: { "80/tcp": {} },
    Env: ["PATH=/bin", "LANG=C"],
    Entrypoint: ["/start"],
    Cmd: ["--all"],
    Volumes: { "/data": {} },
    WorkingDir: "/srv",
    Labels: { a: "1", b: "1" },
    StopSignal: "SIGINT",
    ArgsEscaped: true,
    OnBuild: null,
    Healthcheck: { Test: ["CMD", "/check"] },
    Shell: ["/bin/bash", "-c"],
  };
  const history = [
    { created: "2020-01-01T00:00:00Z", created_by: "ADD rootfs" },
    { created_by: "ENV", empty_layer: true },
  ];
  const document = {
    created: "2020-01-01T00:00:00Z",
    author: "somebody",
    architecture: "arm64",
    os: "linux",
    docker_version: "20.10",
    container_config: { Cmd: ["x"] },
    config: parameters,
    rootfs: { type: "layers", diff_ids: [baseDiffId] },
    history,
  };
  const on = (config: FilesConfig, changes: object = {}, created?: number) => {
    const base = parseBaseConfig(Buffer.from(JSON.stringify({ ...document, ...changes })), "config");
    return JSON.parse(text({ config, base, ...(created !== undefined && { created }) }));
  };

  it("keeps every parameter of the base that the program does not give", () => {
    const { OnBuild: _, ...kept } = parameters;
    assert.deepEqual(on({}).config, kept);
  });

  it("replaces and adds what the program gives: variables, labels and ports one by one", () => {
    const { config } = on({
      env: { LANG: "C.UTF-8", PORT: "1", APP: "x" },
      labels: { b: "2", c: "2" },
      exposedPorts: ["443"],
      user: "root",
      workingDir: "/",
    });
    assert.deepEqual(config.Env, ["PATH=/bin", "LANG=C.UTF-8", "APP=x", "PORT=1"]);
    assert.deepEqual(config.Labels, { a: "1", b: "2", c: "2" });
    assert.deepEqual(config.ExposedPorts, { "443/tcp": {}, "80/tcp": {} });
    assert.deepEqual([config.User, config.WorkingDir], ["root", "/"]);
  });

  const commands: readonly (readonly [string, FilesConfig, unknown, unknown])[] = [
    ["an entrypoint alone ends the base's cmd", { entrypoint: ["/x"] }, ["/x"], undefined],
    ["a cmd alone leaves the base's entrypoint", { cmd: ["-v"] }, ["/start"], ["-v"]],
    ["both replace both", { entrypoint: ["/x"], cmd: ["-v"] }, ["/x"], ["-v"]],
    ["an empty cmd ends the base's", { cmd: [] }, ["/start"], undefined],
    ["an empty entrypoint ends the base's, and its cmd", { entrypoint: [] }, undefined, undefined],
  ];
  for (const [title, config, entrypoint, cmd] of commands)
    it(`as in a Dockerfile, ${title}`, () => {
      const { Entrypoint, Cmd, ArgsEscaped } = on(config).config;
      assert.deepEqual([Entrypoint, Cmd, ArgsEscaped], [entrypoint, cmd, undefined]);
    });

  it("keeps author, layers and history, and adds a layer and an entry", () => {
    const { author, rootfs, history: entries, created } = on({}, {}, 0);
    assert.deepEqual([author, created], ["somebody", "1970-01-01T00:00:00Z"]);
    assert.deepEqual(rootfs.diff_ids, [baseDiffId, diffId]);
    assert.deepEqual(entries, [...history, { created: "1970-01-01T00:00:00Z", created_by: "pulumi-multiarch: files" }]);
  });

  it("does not say when it was made unless SOURCE_DATE_EPOCH does, nor how the base was built", () => {
    const keys = Object.keys(on({}));
    assert.deepEqual(keys, ["author", "architecture", "os", "variant", "config", "rootfs", "history"]);
  });

  it("has no history when the base has none, since entries and layers must match", () => {
    assert.equal("history" in on({}, { history: null }), false);
  });

  it("takes a base without parameters", () => {
    assert.deepEqual(on({ cmd: ["x"] }, { config: null }).config, { Cmd: ["x"] });
  });

  it("knows variables by name whatever their case on Windows, and only there", () => {
    const base = parseBaseConfig(Buffer.from(JSON.stringify({ ...document, config: { Env: ["Path=a"] } })), "config");
    const env = (os: string) => {
      const content = { platform: { architecture: "amd64", os }, config: { env: { PATH: "b" } }, diffId, base };
      return JSON.parse(Buffer.from(encodeConfig(content)).toString()).config.Env;
    };
    assert.deepEqual([env("windows"), env("linux")], [["PATH=b"], ["Path=a", "PATH=b"]]);
  });

  it("names the field of a base's config that is not as it should be", () => {
    assert.throws(() => on({}, { config: { Env: "PATH=/" } }), /config: config\.Env must be an array/);
  });
});

describe("encodeConfig, of more than can be read again", () => {
  it("refuses it, naming the input", () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`l${index}`, "v".repeat(1000)]));
    assert.throws(
      () => text({ config: { labels } }),
      (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "source.config",
    );
  });
});

describe("sourceDateEpoch", () => {
  it("reads whole seconds", () => {
    assert.equal(sourceDateEpoch({ SOURCE_DATE_EPOCH: "1700000000" }), 1_700_000_000);
  });

  for (const environment of [{}, { SOURCE_DATE_EPOCH: "" }])
    it(`says nothing for ${JSON.stringify(environment)}`, () => {
      assert.equal(sourceDateEpoch(environment), undefined);
    });

  for (const value of ["yesterday", "-1", "1.5", "1e9", " 1", "999999999999"])
    it(`refuses ${JSON.stringify(value)}, naming the variable`, () => {
      assert.throws(
        () => sourceDateEpoch({ SOURCE_DATE_EPOCH: value }),
        (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && /SOURCE_DATE_EPOCH/.test(error.message),
      );
    });
});

function text({ config, created, base }: Partial<ConfigContent> & { config: FilesConfig }): string {
  const content = { platform: linux, config, diffId, ...(created !== undefined && { created }), ...(base && { base }) };
  return Buffer.from(encodeConfig(content)).toString();
}
