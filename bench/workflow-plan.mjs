/**
 * Simulates (does not measure) how long a grid takes on many workers of the engine dbos. The real scheduler
 * (src/workflow/running/walk.ts) decides what can run next; clocks, workers and their deaths are simulated (seeded).
 *
 *     node bench/workflow-plan.mjs [--tasks 1000] [--workers 100] [--places 2] [--seconds 300] [--spread 0.3]
 *         [--begin-rate 30] [--step-cost 0.4] [--deaths 0] [--takeover 2] [--seed 1]
 *
 * begin-rate: tasks that one scheduler starts per second; step-cost: overhead of a step in seconds (both measured in
 * docs/measured/workflow.md); deaths: workers that die during the run, each losing its task; takeover: seconds until others take it over.
 */
import { Walk } from "../dist/workflow/running/walk.js";
import { parseArguments } from "./support.mjs";

const defaults = {
  tasks: 1000,
  workers: 100,
  places: 2,
  seconds: 300,
  spread: 0.3,
  "begin-rate": 30,
  "step-cost": 0.4,
  deaths: 0,
  takeover: 2,
  seed: 1,
};
const { values } = parseArguments({
  options: Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: "string", default: String(value) }]),
  ),
});
const plan = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

let state = plan.seed >>> 0;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
}

const walk = new Walk([
  { name: "start", kind: "step", after: [] },
  { name: "train", kind: "foreach", after: ["start"], over: "grid" },
  { name: "keep_best", kind: "join", after: ["train"] },
  { name: "end", kind: "step", after: ["keep_best"] },
]);
const grid = { kind: "json", sha: "0", size: 1, by: "start/0", length: plan.tasks };
const workers = Array.from({ length: plan.workers }, () => ({ isAlive: true, running: new Set() }));
const queue = [];
const events = [];
let now = 0;
let free = 0;
let busy = 0;
let lost = 0;
let lastBegun = 0;
const at = (time, act) => {
  // Sorted by time; a binary search finds the place.
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  events.splice(low, 0, { time, act });
};

/** The scheduler enqueues tasks one after the other. */
function enqueue(tasks) {
  for (const task of tasks) {
    free = Math.max(free, now) + 1 / plan["begin-rate"];
    at(free, () => {
      queue.push(task);
      give();
    });
  }
}

function give() {
  for (const worker of workers) {
    while (worker.isAlive && worker.running.size < plan.places && queue.length > 0) {
      const task = queue.shift();
      const work = task.step === "train" ? plan.seconds * (1 + plan.spread * (2 * random() - 1)) : 0;
      const run = { task, began: now, isLost: false };
      worker.running.add(run);
      if (task.step === "train") lastBegun = now;
      at(now + work + plan["step-cost"], () => {
        if (run.isLost) return;
        worker.running.delete(run);
        busy += work;
        enqueue(walk.finish(task, { artifacts: { grid } }));
        give();
      });
    }
    if (queue.length === 0) return;
  }
}

const ideal = (plan.tasks * plan.seconds) / (plan.workers * plan.places);
for (let i = 0; i < plan.deaths; i++)
  at(random() * ideal, () => {
    const alive = workers.filter((worker) => worker.isAlive);
    const victim = alive[Math.floor(random() * alive.length)];
    if (!victim || alive.length === 1) return;
    victim.isAlive = false;
    for (const run of victim.running) {
      run.isLost = true;
      lost += now - run.began;
      at(now + plan.takeover, () => {
        queue.push(run.task);
        give();
      });
    }
  });
enqueue([walk.start()]);
while (events.length > 0) {
  const { time, act } = events.shift();
  now = time;
  act();
}
const minutes = (seconds) => `${(seconds / 60).toFixed(1)} min`;
console.log(
  [
    `simulated: ${plan.tasks} tasks of ${plan.seconds} s ± ${plan.spread * 100} % on ${plan.workers} workers with ${plan.places} places, ${plan.deaths} of which die`,
    `the run takes ${minutes(now)}; were there no overhead and no waiting: ${minutes(ideal)}`,
    `the last task begins after ${minutes(lastBegun)}; places are busy ${((100 * busy) / (now * plan.workers * plan.places)).toFixed(0)} % of the time`,
    `work lost to dead workers: ${minutes(lost)}; polls of the queues: about ${Math.round(plan.workers * (1 / 0.1 + 1 / 0.25))} a second`,
  ].join("\n"),
);
