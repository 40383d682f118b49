import { InputTooLongError, type ModelkeepError } from '../../errors.ts';
import type { Checkpoint } from '../../formats/checkpoint.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { BatchTiming, EmbeddedText, EmbeddingOutput, EmbedTextsWork, Engine, PreparedText, TokenizeTextsWork } from '../engine.ts';
import { pythonStrip } from '../python-strip.ts';
import type { EncodedText, TextTokenizer } from '../tokenizer.ts';
import { batchInputs } from './batch-inputs.ts';
import { findUnknownId } from './known-ids.ts';
import type { Network } from './network.ts';
import type { OpenedHeads } from './output-heads.ts';
import { readRows, runBatch, timed, timedRun } from './run-batch.ts';

type TextsWork = EmbedTextsWork | TokenizeTextsWork;

/**
 * A sentence-transformers model in ONNX Runtime. Texts are treated as `SentenceTransformer.encode` does: the prompt in
 * front, stripped, lower-cased where the model says so, tokenised, cut.
 */
export function createTextEmbedder({
  checkpoint,
  facts,
  tokenizer,
  network,
  heads,
}: {
  checkpoint: Checkpoint;
  facts: CheckpointFacts;
  tokenizer: TextTokenizer;
  network: Network;
  heads: OpenedHeads;
}): Engine {
  const { lowerCase, maxTokens, includePrompt } = checkpoint;
  const width = facts.dimensions ?? network.dimensions;

  const clean = (text: string): string => (lowerCase ? pythonStrip(text).toLowerCase() : pythonStrip(text));

  /** As upstream counts: the prompt by itself, without the token that ends it. */
  async function countUnpooled(work: TextsWork): Promise<number> {
    if (includePrompt || work.prompt === '') return 0;
    const [encoded] = await tokenizer.encode([clean(work.prompt)]);
    return Math.max(0, (encoded?.ids.length ?? 1) - 1);
  }

  function prepareOne(encoded: EncodedText, work: TextsWork, position: number, unpooledTokens: number): PreparedText | ModelkeepError {
    if (encoded.truncated && work.truncate === 'NONE') {
      return new InputTooLongError({ index: work.firstIndex + position, tokens: encoded.tokensBeforeTruncation, limit: maxTokens });
    }
    return findUnknownId(checkpoint, encoded) ?? { ...encoded, unpooledTokens };
  }

  /** The encoder runs once; its heads then only as asked. */
  async function embedOutputs(
    batch: readonly PreparedText[],
    { outputs, withWords, timing }: { outputs: readonly EmbeddingOutput[]; withWords: boolean; timing: BatchTiming },
  ): Promise<EmbeddedText[]> {
    if (batch.length === 0) return [];
    const { runTokens } = network;
    if (!runTokens) throw new Error('A model without token embeddings was asked for more than a vector.');
    const inputs = timed(timing, 'inputNs', () => batchInputs(batch));
    const wantsVectors = outputs.includes('DENSE');
    const { hidden, vectors } = await timedRun(timing, () => runTokens(inputs, { wantsVectors }));
    const encoded = { batch, inputs, hidden, timing };
    const rows = vectors && readRows(vectors.data as Float32Array, batch.length, width);
    const sparse = outputs.includes('SPARSE') ? await heads.sparse(encoded, { withWords }) : null;
    const tokens = outputs.includes('TOKENS') ? await heads.tokens(encoded) : null;
    return batch.map((_, index) => ({
      vector: rows?.[index] ?? null,
      sparse: sparse?.[index] ?? null,
      tokens: tokens?.[index] ?? null,
    }));
  }

  return {
    facts,
    async prepare(work) {
      if (work.kind !== 'embedTexts' && work.kind !== 'tokenizeTexts') throw new Error(`A model of texts was asked for ${work.kind}.`);
      const unpooledTokens = await countUnpooled(work);
      const texts = work.items.map((text) => clean(work.prompt + text));
      const encoded = await tokenizer.encode(texts, { withTokens: work.kind === 'tokenizeTexts' });
      return encoded.map((entry, position) => prepareOne(entry, work, position, unpooledTokens));
    },
    embed: (batch, timing) => runBatch(network, { batch, timing, width }),
    embedOutputs,
    async [Symbol.asyncDispose]() {
      await heads[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}
