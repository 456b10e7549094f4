/** Our metrics beside scikit-learn's on random rankings, where a Python that has it is found. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { answering, corpusOf } from "../evaluation.testkit.js";
import { evaluateRecommender, questionsOf, trainingFacts } from "../index.js";

const python = [process.env.SEGUE_PYTHON, "python3", "/usr/bin/python3"].find(
  (candidate) => candidate && spawnSync(candidate, ["-c", "import sklearn, numpy"]).status === 0,
);

const reference = `
import json, sys
import numpy as np
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, top_k_accuracy_score
data = json.load(sys.stdin)
truth, scores, k = np.array(data["truth"]), np.array(data["scores"]), data["k"]
n = truth.shape[1]
single = truth.sum(axis=1).max() == 1
out = {"ndcg": ndcg_score(truth, scores, k=k), "map": label_ranking_average_precision_score(truth, scores)}
if single:
    out["hit"] = top_k_accuracy_score(truth.argmax(axis=1), scores, k=k, labels=np.arange(n))
json.dump(out, sys.stdout)
`;

if (python === undefined) {
  console.warn(
    "skipped: comparison with scikit-learn; install python3-sklearn or name a Python in SEGUE_PYTHON",
  );
}

it.skipIf(python === undefined).each([false, true])(
  "agrees with scikit-learn (remaining tracks: %s)",
  async (remaining) => {
    const random = new Random(11);
    const tracks = Array.from({ length: 30 }, (_, i) => `t${i}`);
    const catalogue = corpusOf([tracks]);
    const playlists = corpusOf(
      Array.from({ length: 60 }, () => random.shuffle([...tracks]).slice(0, 4 + random.below(6))),
    );
    const questions = questionsOf(playlists, { positions: remaining ? "every" : "last", remaining });
    const orders = new Map(questions.map((q) => [q.context.join(), random.shuffle([...tracks])]));
    const recommender = answering(({ tracks }) => orders.get(tracks.join())!);
    const ks = [5, tracks.length];
    const { at } = await evaluateRecommender(recommender, questions, {
      ks,
      facts: trainingFacts(catalogue),
      batch: 7,
    });

    const truth = questions.map(({ next, rest }) =>
      tracks.map((t) => (t === next || rest?.includes(t) ? 1 : 0)),
    );
    const scores = questions.map((q) => tracks.map((t) => -orders.get(q.context.join())!.indexOf(t)));
    const expected = ks.map((k) => {
      const ran = spawnSync(python!, ["-c", reference], { input: JSON.stringify({ truth, scores, k }) });
      expect(ran.status, String(ran.stderr)).toBe(0);
      return JSON.parse(String(ran.stdout)) as { ndcg: number; map: number; hit?: number };
    });
    expect(at[0]!.ndcg).toBeCloseTo(expected[0]!.ndcg, 10);
    expect(at[1]!.ndcg).toBeCloseTo(expected[1]!.ndcg, 10);
    expect(at[1]!.map).toBeCloseTo(expected[1]!.map, 10);
    if (!remaining) {
      expect(at[0]!.hitRatio).toBeCloseTo(expected[0]!.hit!, 10);
      expect(at[1]!.mrr).toBeCloseTo(expected[1]!.map, 10);
    }
  },
);
