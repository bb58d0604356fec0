import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import { findEngineSocket } from "../../../provider/sources/engineSocket";
import { testFolder } from "./folders";

describe("findEngineSocket", () => {
  const folder = testFolder();
  const find = (environment: Readonly<Record<string, string>>, there: readonly string[] = []) =>
    findEngineSocket({ HOME: folder.path(), ...environment }, async (path) => there.includes(path));
  const context = (name: string, meta: unknown) =>
    folder.write(
      `.docker/contexts/meta/${createHash("sha256").update(name).digest("hex")}/meta.json`,
      JSON.stringify(meta),
    );
  const endpoint = (Host: string) => ({ Name: "x", Endpoints: { docker: { Host, SkipTLSVerify: false } } });
  const current = (name: string) => folder.write(".docker/config.json", JSON.stringify({ currentContext: name }));

  it("obeys DOCKER_HOST before all else", async () => {
    current("colima");
    const found = await find({ DOCKER_HOST: "unix:///tmp/a.sock", DOCKER_CONTEXT: "colima" });
    assert.deepEqual(found, { path: "/tmp/a.sock", origin: "DOCKER_HOST" });
  });

  it("obeys docker's current context", async () => {
    context("colima", endpoint("unix:///tmp/colima.sock"));
    current("colima");
    assert.deepEqual(await find({}), { path: "/tmp/colima.sock", origin: `docker's context "colima"` });
  });

  it("obeys DOCKER_CONTEXT before the current context", async () => {
    context("colima", endpoint("unix:///tmp/colima.sock"));
    current("other");
    assert.equal((await find({ DOCKER_CONTEXT: "colima" })).path, "/tmp/colima.sock");
  });

  it("looks for docker's files in DOCKER_CONFIG", async () => {
    folder.write("elsewhere/config.json", '{"currentContext":"default"}');
    const environment = { DOCKER_CONFIG: folder.path("elsewhere") };
    assert.equal((await find(environment, ["/var/run/docker.sock"])).path, "/var/run/docker.sock");
  });

  const runtime = { XDG_RUNTIME_DIR: "/run/user/7" };
  const usual: readonly (readonly [string, readonly string[], string])[] = [
    ["Docker's", ["/run/podman/podman.sock", "/var/run/docker.sock"], "/var/run/docker.sock"],
    ["rootless Docker's", ["/run/podman/podman.sock", "/run/user/7/docker.sock"], "/run/user/7/docker.sock"],
    [
      "rootless Podman's",
      ["/run/podman/podman.sock", "/run/user/7/podman/podman.sock"],
      "/run/user/7/podman/podman.sock",
    ],
    ["Podman's", ["/run/podman/podman.sock"], "/run/podman/podman.sock"],
  ];
  for (const [title, there, path] of usual)
    it(`finds ${title} usual socket`, async () => {
      assert.equal((await find(runtime, there)).path, path);
    });

  it("finds Docker Desktop's usual socket", async () => {
    const path = folder.path(".docker/run/docker.sock");
    assert.equal((await find(runtime, [path])).path, path);
  });

  it("looks at the file system unless it is told otherwise", async () => {
    const path = folder.write("docker.sock", "");
    const found = await findEngineSocket({ XDG_RUNTIME_DIR: folder.path() }).catch(messageOf);
    // A machine may have an engine in the first usual place.
    assert.ok(typeof found !== "string" && [path, "/var/run/docker.sock"].includes(found.path), String(found));
  });

  it("lists where it looked when there is none", async () => {
    const error = await find(runtime).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"));
    assert.match(
      error.message,
      /^source\.daemon: .*none of \/var\/run\/docker\.sock, .*\/run\/podman\/podman\.sock is there/,
    );
  });

  const others = [
    "tcp://127.0.0.1:2375",
    "ssh://user@host",
    "npipe:////./pipe/docker_engine",
    "unix://relative",
    "/a.sock",
  ];
  for (const host of others)
    it(`does not speak to ${host}, and says so`, async () => {
      const error = await find({ DOCKER_HOST: host }).catch((thrown: unknown) => thrown);
      assert.ok(hasCode(error, "ERR_INPUT_INVALID"));
      assert.equal(error.details.path, "source.daemon");
      assert.match(error.message, /^source\.daemon: DOCKER_HOST is ".*only a unix:\/\/ address/);
    });

  const broken: readonly (readonly [string, () => void, ErrorCode, RegExp])[] = [
    [
      "a chosen context that does not exist",
      () => current("gone"),
      "ERR_INPUT_INVALID",
      /context "gone" is chosen, but there is no/,
    ],
    [
      "a config.json that is not JSON",
      () => folder.write(".docker/config.json", "x"),
      "ERR_CONTENT_INVALID",
      /config\.json is not valid JSON/,
    ],
    [
      "a context without an endpoint",
      () => {
        current("odd");
        context("odd", { Endpoints: {} });
      },
      "ERR_CONTENT_INVALID",
      /Endpoints\.docker is missing/,
    ],
    [
      "a context of another machine",
      () => {
        current("far");
        context("far", endpoint("ssh://host"));
      },
      "ERR_INPUT_INVALID",
      /docker's context "far" is "ssh:\/\/host"/,
    ],
    [
      "a config.json that cannot be read",
      () => folder.write(".docker/config.json/x", ""),
      "ERR_INPUT_INVALID",
      /config\.json, which says where the engine listens, cannot be read/,
    ],
  ];
  for (const [title, prepare, code, message] of broken)
    it(`refuses ${title}`, async () => {
      prepare();
      const error = await find({}, ["/var/run/docker.sock"]).then(
        () => assert.fail("it was accepted"),
        (thrown: unknown) => thrown,
      );
      assert.ok(hasCode(error, code), messageOf(error));
      assert.match(error.message, message);
    });
});
