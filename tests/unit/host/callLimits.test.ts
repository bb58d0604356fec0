import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { createCallLimits } from "../../../provider/host/callLimits";
import type { Context } from "../../../provider/resources/context";
import { startProcess } from "../../support/context";

describe("the time that a call may take", () => {
  const urn = "urn:pulumi:dev::p::multiarch:MultiArchImage::server";
  const { context, clock } = startProcess();

  /** Whether a call is over after a minute, at an address where nothing would answer. */
  async function isOver(bound: Context): Promise<boolean> {
    clock.advance(60);
    const head = bound.registry({ address: "localhost:1" }).repository("team/server").headManifest("1.0");
    return head.then(
      () => false,
      (error: unknown) => hasCode(error, "ERR_CALL_TIMEOUT"),
    );
  }

  it("is what customTimeouts say of it, for the resource that the check was about", async () => {
    const limits = createCallLimits();
    limits.checked(urn, { create: 60, update: 3600 });
    assert.equal(await isOver(limits.bound(context, urn, "create")), true);
    assert.equal(await isOver(limits.bound(context, urn, "update")), false);
    assert.equal(limits.bound(context, `${urn}2`, "create"), context);
  });

  it("has no bound without them, or when they left the program", () => {
    const limits = createCallLimits();
    limits.checked(urn, { create: 60 });
    limits.checked(urn, undefined);
    assert.equal(limits.bound(context, urn, "create"), context);
    assert.equal(limits.bound(context, undefined, "create"), context);
  });
});
