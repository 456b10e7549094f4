// Reads what vitest's JSON reporter wrote and prints "PASSED FAILED SKIPPED", then each failure: its file, name and the
// first lines of its message. A file that broke outside its tests counts as one failure.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const LINES_OF_MESSAGE = 12;

const results = JSON.parse(readFileSync(process.argv[2], "utf8"));
const failures = [];
for (const file of results.testResults.filter(({ status }) => status === "failed")) {
  const tests = file.assertionResults.filter(({ status }) => status === "failed");
  const broken = [{ fullName: "the file as a whole", failureMessages: [file.message] }];
  for (const { fullName, failureMessages } of tests.length > 0 ? tests : broken) {
    const message = failureMessages.join("\n").split("\n").slice(0, LINES_OF_MESSAGE).join("\n     ");
    failures.push(`FAIL ${relative(".", file.name)}: ${fullName}\n     ${message}`);
  }
}
console.log(results.numPassedTests, failures.length, results.numPendingTests + results.numTodoTests);
for (const failure of failures) console.log(failure);
