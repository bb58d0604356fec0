import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { encodeConfig, sourceDateEpoch } from "../../../provider/sources/config";
import type { FilesConfig } from "../../../provider/sources/source";

const diffIds = [`sha256:${"a".repeat(64)}`];
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
        `"rootfs":{"type":"layers","diff_ids":["${diffIds[0]}"]},` +
        '"history":[{"created":"2023-11-14T22:13:20Z","created_by":"pulumi-multiarch: files"}]}',
    );
  });

  it("leaves out what is empty, and every time when none is given", () => {
    const empty = { user: "", workingDir: "", env: {}, labels: {}, cmd: [], entrypoint: [], exposedPorts: [] };
    assert.equal(text({ config: empty }), text({ config: {} }));
    assert.equal(
      text({ config: {} }),
      `{"architecture":"arm64","os":"linux","variant":"v8","config":{},"rootfs":{"type":"layers","diff_ids":["${diffIds[0]}"]},` +
        '"history":[{"created_by":"pulumi-multiarch: files"}]}',
    );
  });

  it("writes a platform's version and features", () => {
    const platform = { architecture: "amd64", os: "windows", "os.version": "10.0.20348.1", "os.features": ["win32k"] };
    const bytes = encodeConfig({ platform, config: {}, diffIds });
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
    it(`refuses ${JSON.stringify(config)}, blaming ${path}`, () => {
      assert.throws(
        () => text({ config }),
        (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path,
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

function text({ config, created }: { config: FilesConfig; created?: number }): string {
  const content = { platform: linux, config, diffIds, ...(created !== undefined && { created }) };
  return Buffer.from(encodeConfig(content)).toString();
}
