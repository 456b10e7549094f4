/** A model that answers in the server's thread: for models in memory, and for servers with plugins, which read the model. */
import { answer } from "./answer.js";
import { Batcher } from "./batcher.js";
import { type Answer, type Answerer, type Question, threadHolds } from "./question.js";
import { LiveModel, type ServedModel } from "./served-model.js";

export class LocalAnswerer implements Answerer {
  readonly live: LiveModel;
  readonly alive = true;
  readonly holds = threadHolds;
  readonly interruptible = false;
  readonly #batcher: Batcher;

  /** @param onBatch called with the number of requests that one call of a recommender answered */
  constructor(model: ServedModel, onBatch?: (size: number) => void) {
    this.live = new LiveModel(model);
    this.#batcher = new Batcher(onBatch);
  }

  get version(): string {
    return this.live.version;
  }

  get defaultRecommender(): string {
    return this.live.model.defaultRecommender;
  }

  answer(question: Question): Promise<Answer> {
    return answer(this.live, this.#batcher, question);
  }

  async close(): Promise<void> {
    await this.live.model.close?.();
  }
}
