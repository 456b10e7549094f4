/** Reports the progress of a training: words, speed, time left. */
import { type Progress, throttled } from "../../system/index.js";

interface Watched {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface TrainingState {
  /** Words done, and in total, over all epochs. */
  readonly done: number;
  readonly total: number;
  /** Words per second. */
  readonly speed: number;
  readonly lossPerEpoch: readonly number[];
  /** Whether the first epoch has not begun yet. */
  readonly preparing?: boolean;
}

/** An error that `progress` throws aborts the signal: reports come from a timer, where it would end the process. */
export function guarded({ progress, signal }: Watched): Watched {
  if (!progress) return { signal };
  const failed = new AbortController();
  return {
    progress: (report) => {
      try {
        progress(report);
      } catch (error) {
        failed.abort(error);
      }
    },
    signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
  };
}

/** Reports five times a second until `end`. */
export function reportTraining(progress: Progress | undefined, state: () => TrainingState): { end(): void } {
  if (!progress) return { end: () => {} };
  const report = throttled(progress);
  const tell = () => {
    const { done, total, speed, lossPerEpoch, preparing } = state();
    const left = speed > 0 && done < total ? `, ${timeLeft((total - done) / speed)} left` : "";
    const loss = lossPerEpoch.length > 0 ? `, loss ${lossPerEpoch.at(-1)!.toFixed(4)}` : "";
    const note = preparing ? "preparing" : `${(speed / 1e6).toFixed(2)}M words/s${loss}${left}`;
    report({ task: "training", done, total, unit: "words", note });
  };
  const timer = setInterval(tell, 200);
  return {
    end: () => {
      clearInterval(timer);
      tell();
    },
  };
}

/** "8 s", "3 min 20 s", "2 h 5 min". */
function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
