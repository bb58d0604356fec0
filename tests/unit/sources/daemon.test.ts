import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";
import type { RequestListener } from "node:http";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveDaemon } from "../../../provider/sources/daemon";
import { asNobody } from "./asNobody";
import { dockerArchive } from "./dockerArchives";
import { engineWith, testEngines } from "./engines";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

const amd64 = parsePlatform("linux/amd64");

describe("resolveDaemon", () => {
  const folder = testFolder();
  const start = testEngines();
  const resolve = (socket: string, daemon = "team/server:1") =>
    resolveDaemon({ daemon }, amd64, { environment: { DOCKER_HOST: `unix://${socket}` } });
  const failure = async (resolving: Promise<unknown>) =>
    resolving.then(
      () => assert.fail("it was accepted"),
      (error: unknown) => error,
    );

  it("gives the image that the engine exports, with blobs that can be opened as often as wanted", async () => {
    const { socket } = await start(engineWith(randomUUID(), dockerArchive({ layers: ["base", "top"] })));
    const { blobs, configPlatform } = await resolve(socket);
    assert.deepEqual(configPlatform, amd64);
    for (const { descriptor, open } of [...blobs, ...blobs])
      assert.equal((await bytesOf(await open())).length, descriptor.size);
  });

  it("asks for the name's id, then for the image by that id", async () => {
    const engine = await start(engineWith("sha256:abc", dockerArchive({})));
    await resolve(engine.socket, "localhost:5000/team/server:1");
    const name = "localhost%3A5000/team/server%3A1";
    assert.deepEqual(engine.requests, [`GET /images/${name}/json`, "GET /images/sha256%3Aabc/get"]);
  });

  it("streams an image once a process as long as its id stays", async () => {
    const engine = await start(engineWith(randomUUID(), dockerArchive({})));
    await Promise.all([resolve(engine.socket), resolve(engine.socket)]);
    await resolve(engine.socket, "another/name");
    assert.equal(engine.requests.filter((request) => request.endsWith("/get")).length, 1);
  });

  it("streams an image again when its id has changed", async () => {
    let archive = dockerArchive({ layers: ["first"] });
    const engine = await start((request, response) => engineWith(randomUUID(), archive)(request, response));
    const first = await resolve(engine.socket);
    archive = dockerArchive({ layers: ["second"] });
    assert.notEqual((await resolve(engine.socket)).manifest.descriptor.digest, first.manifest.descriptor.digest);
  });

  it("tries again after a stream that broke", async () => {
    const archive = dockerArchive({});
    let breaks = true;
    const id = randomUUID();
    const engine = await start((request, response) => {
      if (!breaks || request.url?.endsWith("/json") === true) return engineWith(id, archive)(request, response);
      breaks = false;
      response.write(archive.subarray(0, 600), () => response.destroy());
    });
    const error = await failure(resolve(engine.socket));
    assert.ok(hasCode(error, "ERR_TRANSPORT"), messageOf(error));
    assert.match(error.message, /^source\.daemon: the engine at unix:.* \(DOCKER_HOST\) broke off its answer/);
    assert.deepEqual((await resolve(engine.socket)).configPlatform, amd64);
  });

  const answering =
    (status: number, body: string, when: RegExp): RequestListener =>
    (request, response) => {
      if (when.test(request.url ?? "")) response.writeHead(status).end(body);
      else engineWith(randomUUID(), dockerArchive({}))(request, response);
    };
  const answers: readonly (readonly [string, RequestListener, ErrorCode, RegExp])[] = [
    [
      "an image that the engine does not have",
      answering(404, '{"message":"No such image: team/server:1"}', /json/),
      "ERR_SOURCE_UNAVAILABLE",
      /\(DOCKER_HOST\) has no image "team\/server:1" to give: it answered 404: No such image: team\/server:1\. Build, load or pull/,
    ],
    [
      "an engine that fails, in words that are no JSON",
      answering(500, "boom", /get/),
      "ERR_SOURCE_UNAVAILABLE",
      /it answered 500\. Look at its log/,
    ],
    [
      "an answer that is no JSON",
      answering(200, "<html>", /json/),
      "ERR_CONTENT_INVALID",
      /image "team\/server:1" of the engine at unix:/,
    ],
    ["an answer without an id", answering(200, "{}", /json/), "ERR_CONTENT_INVALID", /Id is missing/],
    [
      "an export that is cut short",
      answering(200, "x".repeat(700), /get/),
      "ERR_CONTENT_INVALID",
      /image "team\/server:1" of the engine at unix:/,
    ],
  ];
  for (const [title, answer, code, message] of answers)
    it(`${title} is an error that names the engine`, async () => {
      const { socket } = await start(answer);
      const error = await failure(resolve(socket));
      assert.ok(hasCode(error, code), messageOf(error));
      assert.match(error.message, message);
      assert.ok(error.message.includes(socket));
    });

  describe("when the engine cannot be reached", () => {
    const unreachable = async (socket: string, message: RegExp) => {
      const error = await failure(resolve(socket));
      assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"), messageOf(error));
      assert.match(error.message, /^source\.daemon: the engine at unix:\/\/.* \(DOCKER_HOST\) cannot be reached: /);
      assert.match(error.message, message);
    };

    it("says that there is no such socket", () => unreachable(folder.path("none.sock"), /there is no such socket/));

    it("says that a file is no socket, or nothing listens on it", () =>
      unreachable(folder.write("file", ""), /nothing listens on the socket|it is no socket/));

    it("says that a part of the path is a file", () =>
      unreachable(`${folder.write("file", "")}/x.sock`, /a part of the socket's path is a file/));

    it("says that this user may not use the socket", async () => {
      const { socket } = await start(engineWith(randomUUID(), dockerArchive({})));
      chmodSync(socket, 0o600);
      await asNobody(() => unreachable(socket, /this user may not use the socket/));
    });
  });

  for (const name of ["", "../containers", "a/../../containers", "a b", "a?x=y", "-x", "a\nb", "x".repeat(600)])
    it(`security row 10: never asks for ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const error = await failure(resolve("/nowhere", name));
      assert.ok(hasCode(error, "ERR_INPUT_INVALID"));
      assert.equal(error.details.path, "source.daemon");
    });
});
