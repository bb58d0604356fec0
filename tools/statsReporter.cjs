const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Mocha's own report for people, which also leaves the runner's counts as JSON in the file of the option `output`. */
module.exports = class StatsReporter extends reporters.Spec {
  done(failures, finish) {
    writeFileSync(this.options.reporterOptions.output, JSON.stringify(this.runner.stats));
    finish(failures);
  }
};
