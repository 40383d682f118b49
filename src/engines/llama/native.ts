import { basename } from 'node:path';
import type { Llama, LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { InvalidInputError, InvalidModelFileError } from '../../errors.ts';

export type { LlamaContext, LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from 'node-llama-cpp';

/** llama.cpp with one model in it. */
export interface NativeModel extends AsyncDisposable {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** Parses GBNF, for one answer. Throws INVALID_INPUT for a grammar that is none. */
  openGrammar(grammar: string): LlamaGrammarEvaluationState;
  /** Runs something native, and throws INVALID_MODEL_FILE with the reason that the library logs where it fails. */
  attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
}

export interface NativeOptions {
  /** Absolute path of the GGUF; of one in parts, of the first. */
  path: string;
  threads: number;
  /** Whether a graphics processor is used where there is one. */
  gpu: 'auto' | 'off';
  /** Layers that it takes; left out for as many as fit. */
  gpuLayers?: number | undefined;
  /** What contexts use that do not say it themselves. */
  flashAttention: (hasGpu: boolean) => boolean | 'auto';
}

const mostReasons = 8;

/** Loads the library, and the model. Throws INVALID_MODEL_FILE. */
export async function openNative({ path, threads, gpu, gpuLayers, flashAttention }: NativeOptions): Promise<NativeModel> {
  const library = await import('node-llama-cpp');
  const { getLlama, LlamaLogLevel, LlamaGrammar } = library;
  const reasons: string[] = [];
  const llama = await getLlama({
    gpu: gpu === 'auto' ? 'auto' : false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    // What a failure throws says only that it failed; the reason is in the log.
    logger(level, message) {
      if (level !== LlamaLogLevel.error && level !== LlamaLogLevel.fatal) return;
      reasons.push(message.trim());
      if (reasons.length > mostReasons) reasons.shift();
    },
  });

  async function attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    reasons.length = 0;
    try {
      return await work();
    } catch (cause) {
      const thrown = cause instanceof Error ? cause.message : String(cause);
      const reason = [thrown, ...reasons].join(' · ').replaceAll(path, basename(path)).replaceAll(/\s+/g, ' ').slice(0, 500);
      throw new InvalidModelFileError({ file: basename(path), message: `The runtime cannot ${what}: ${reason}`, cause });
    }
  }

  const model = await attempt('open it', () =>
    llama.loadModel({
      modelPath: path,
      defaultContextFlashAttention: flashAttention(llama.gpu !== false),
      ...(gpuLayers === undefined ? {} : { gpuLayers }),
    }),
  );
  return {
    llama,
    model,
    attempt,
    openGrammar(grammar) {
      reasons.length = 0;
      try {
        return new library.LlamaGrammarEvaluationState({ model, grammar: new LlamaGrammar(llama, { grammar }) });
      } catch {
        const reason = reasons.join(' · ').replaceAll(/\s+/g, ' ').slice(0, 300);
        throw new InvalidInputError({
          field: 'input.responseFormat',
          message: `expected a grammar that llama.cpp can follow (GBNF).${reason ? ` It says: ${reason}` : ''}`,
        });
      }
    },
    async [Symbol.asyncDispose]() {
      await model.dispose();
      await llama.dispose();
    },
  };
}
