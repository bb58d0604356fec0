import assert from "node:assert/strict";
import { followRun } from "../../../provider/azure/followRun";
import { scheduleRun } from "../../../provider/azure/runs";
import { hasCode } from "../../../provider/errors";
import { logPath } from "../../azure/armTasks";
import { type SilentServer, startSilentServer } from "../../azure/silentServer";
import { type AzureStandIn, azureClock, connectTo, startAzure } from "../../azure/world";
import type { StillClock } from "../../support/context";

const timeoutSeconds = 600;

describe("followRun", () => {
  let azure: AzureStandIn;
  let source: SilentServer;
  beforeEach(async () => {
    source = await startSilentServer();
    azure = await startAzure({
      registries: [{ name: "example", loginServer: "example.azurecr.io", url: "http://localhost:1" }],
    });
  });
  afterEach(async () => {
    await source.stop();
    await azure.stop();
  });

  /** A clock on which something happens in each pause; when there is no more, time goes on. */
  function clockWith(pauses: readonly (() => void)[]): StillClock {
    const clock = azureClock();
    const left = [...pauses];
    return {
      ...clock,
      async sleep(milliseconds) {
        await clock.sleep(milliseconds);
        left.shift()?.();
      },
    };
  }

  /** Follows a run that goes on until it is ended. */
  async function follow(clock: StillClock) {
    const manager = connectTo(azure, clock);
    const registryId = azure.arm.registryId("example");
    const request = { task: "", sourceLocation: `${source.url}/app.tar.gz`, timeoutSeconds };
    const runId = await scheduleRun(manager.arm, registryId, request);
    const lines: string[] = [];
    const onLines = (more: readonly string[]) => lines.push(...more);
    return { end: await followRun(manager, registryId, runId, { timeoutSeconds, onLines }), lines };
  }

  const say = (text: string) => azure.arm.storage.append(logPath("ca1"), text);
  const end = (status: "Succeeded" | "Timeout") => {
    const run = azure.arm.runs.get("ca1");
    if (run !== undefined) run.status = status;
  };

  it("gives up half an hour after the run should have ended, and says what to do", async () => {
    const clock = azureClock();
    const begin = clock.now();
    await assert.rejects(
      follow(clock),
      (error) =>
        hasCode(error, "ERR_TIMEOUT") &&
        error.message ===
          'The run ca1 of ACR Tasks had not ended after 40 minutes. Look at it with "az acr task list-runs", then run again.',
    );
    const minutes = (clock.now() - begin) / 60_000;
    assert.ok(minutes > 39.5 && minutes <= 40, String(minutes));
  });

  it("tells of a run that Azure ended at its time-out", async () => {
    const followed = await follow(clockWith([() => say("Step 1\n"), () => end("Timeout")]));
    assert.deepEqual([followed.end.run.status, followed.end.lastLines], ["Timeout", ["Step 1"]]);
  });

  it("asks anew for the log when its link has expired, and passes on each line once", async () => {
    const { lines, end: ended } = await follow(
      clockWith([
        () => say("one\ntw"),
        () => {
          azure.arm.storage.expireUrls();
          say("o\nthree\n");
        },
        () => end("Succeeded"),
      ]),
    );
    assert.deepEqual(lines, ["one", "two", "three"]);
    assert.deepEqual(ended.lastLines, lines);
  });

  it("has the end of the log also when its link has expired just before the end of the run", async () => {
    const { end: ended } = await follow(
      clockWith([
        () => say("one\n"),
        () => {
          azure.arm.storage.expireUrls();
          say("the reason");
          end("Succeeded");
        },
      ]),
    );
    assert.deepEqual(ended.lastLines, ["one", "the reason"]);
  });

  it("forgets that the log could not be read once it can", async () => {
    const refuse = () => {
      azure.arm.storage.expireUrls();
      azure.arm.refuseNext("/listLogSasUrl", 403, "AuthorizationFailed");
      say("one\n");
    };
    const { end: ended } = await follow(clockWith([refuse, () => end("Succeeded")]));
    assert.deepEqual(ended.lastLines, ["one"]);
  });

  it("goes on without the log when it cannot be read, and tells why", async () => {
    const refuse = () => {
      azure.arm.storage.expireUrls();
      azure.arm.refuseNext("/listLogSasUrl", 403, "AuthorizationFailed");
      end("Succeeded");
    };
    const { end: ended } = await follow(clockWith([refuse]));
    assert.equal(ended.run.status, "Succeeded");
    assert.match(ended.lastLines.join("\n"), /^\(the log could not be read: .*AuthorizationFailed/);
  });
});
