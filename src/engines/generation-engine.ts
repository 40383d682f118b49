import type { ModelkeepError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { GenerateWork, GenerationEvent } from './generation.ts';

/** An engine that writes text. Whatever it has to wait for, it never waits for whoever reads. */
export interface GenerationEngine extends Engine {
  /** How many generations run side by side; more wait in the engine. */
  readonly slots: number;
  /**
   * Runs one generation: emits any number of deltas, then exactly one end, and resolves with it. Never rejects: what fails is an
   * end with the reason ERROR.
   */
  generate(work: GenerateWork, context: GenerationContext): Promise<void>;
}

export interface GenerationContext {
  /** Its reader left: it ends as CANCELED within a step. */
  signal: AbortSignal;
  /** Takes an event, and returns at once. */
  emit: (event: GenerationEvent) => void;
  /** The generation has gone on without anything to tell, such as a part of its prompt that was read. */
  advanced: () => void;
  /** Makes a failure one that a client may see; what nobody expected is logged, and told by an id. */
  explain: (error: unknown) => ModelkeepError;
}

/** Whether an engine writes text. */
export function isGenerationEngine(engine: Engine): engine is GenerationEngine {
  return 'generate' in engine;
}
