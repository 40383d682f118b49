import type { Clock } from '../clock.ts';
import { errorFromWire, type ModelkeepError } from '../errors.ts';
import type { RunnerReply, RunnerRequest } from '../runner/protocol.ts';
import type { QueuedGeneration } from './generation-queue.ts';
import { createSilenceWatch } from './silence-watch.ts';

/** The generations that one runner writes. */
export interface InstanceGenerations {
  readonly count: number;
  readonly requestIds: string[];
  dispatch(generation: QueuedGeneration): void;
  /** Tells the runner that a reader left. */
  cancel(generation: QueuedGeneration): void;
  /** Passes events on; answers whether one of them was an end. */
  receive(reply: Extract<RunnerReply, { type: 'generated' }>): boolean;
  /** The process is gone, and why. */
  abandon(error: ModelkeepError): void;
}

export interface InstanceGenerationsOptions {
  send: (request: RunnerRequest) => void;
  clock: Clock;
  /** How long a generation may be without a sign of progress. */
  silenceMs: number;
  onSilence: () => void;
}

/** Makes an empty list. */
export function createInstanceGenerations({ send, clock, silenceMs, onSilence }: InstanceGenerationsOptions): InstanceGenerations {
  const generations = new Map<number, QueuedGeneration>();
  const silence = createSilenceWatch({ clock, limitMs: silenceMs, onSilence });

  return {
    get count() {
      return generations.size;
    },
    get requestIds() {
      return [...generations.values()].flatMap(({ origin }) => origin?.requestId ?? []);
    },
    dispatch(generation) {
      const { id: generationId, work, origin } = generation;
      generations.set(generationId, generation);
      silence.begin(generationId);
      send({ type: 'generate', generationId, work, ...(origin ? { origin } : {}) });
    },
    cancel({ id: generationId }) {
      if (generations.has(generationId)) send({ type: 'stopGeneration', generationId });
    },
    receive({ events, advanced }) {
      silence.heard(advanced);
      let hasEnd = false;
      for (const { generationId, event } of events) {
        const generation = generations.get(generationId);
        if (event.type === 'end') {
          hasEnd = true;
          generations.delete(generationId);
          silence.end(generationId);
          generation?.tell({ ...event, error: event.error && errorFromWire(event.error) });
        } else {
          silence.heard([generationId]);
          generation?.tell(event);
        }
      }
      return hasEnd;
    },
    abandon(error) {
      silence.stop();
      for (const generation of generations.values()) generation.abandon(error);
      generations.clear();
    },
  };
}
