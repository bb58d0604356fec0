const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/**
 * Mocha's own report for people, which also leaves the runner's counts, and what failed with its error,
 * as JSON in the file of the option `output`.
 */
module.exports = class StatsReporter extends reporters.Spec {
  done(failures, finish) {
    const { passes } = this.runner.stats;
    writeFileSync(
      this.options.reporterOptions.output,
      JSON.stringify({ passes, failures: this.failures.map(describe) }),
    );
    finish(failures);
  }
};

function describe(test) {
  return `${test.fullTitle()}\n  ${test.err?.stack ?? test.err?.message ?? "no error"}`;
}
