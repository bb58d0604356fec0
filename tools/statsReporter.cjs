const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/**
 * Mocha's own report for people, which also leaves the runner's counts, what failed with its error, and the milliseconds of
 * tests and hooks by file, as JSON in the file of the option `output`.
 */
module.exports = class StatsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.times = {};
    const { EVENT_HOOK_END, EVENT_TEST_END } = Runner.constants;
    for (const event of [EVENT_HOOK_END, EVENT_TEST_END])
      runner.on(event, ({ file, duration = 0 }) => {
        if (file) this.times[file] = (this.times[file] ?? 0) + duration;
      });
  }

  done(failures, finish) {
    const { passes } = this.runner.stats;
    writeFileSync(
      this.options.reporterOptions.output,
      JSON.stringify({ passes, failures: this.failures.map(describe), times: this.times }),
    );
    finish(failures);
  }
};

function describe(test) {
  return `${test.fullTitle()}\n  ${test.err?.stack ?? test.err?.message ?? "no error"}`;
}
