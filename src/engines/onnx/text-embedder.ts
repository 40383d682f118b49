import { InputTooLongError, type ModelkeepError } from '../../errors.ts';
import type { Checkpoint } from '../../formats/checkpoint.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { EmbedTextsWork, Engine, PreparedText, TokenizeTextsWork } from '../engine.ts';
import { pythonStrip } from '../python-strip.ts';
import type { EncodedText, TextTokenizer } from '../tokenizer.ts';
import { findUnknownId } from './known-ids.ts';
import type { Network } from './network.ts';
import { runBatch } from './run-batch.ts';

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
}: {
  checkpoint: Checkpoint;
  facts: CheckpointFacts;
  tokenizer: TextTokenizer;
  network: Network;
}): Engine {
  const { lowerCase, maxTokens, includePrompt } = checkpoint;

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

  return {
    facts,
    async prepare(work) {
      if (work.kind === 'scorePairs') throw new Error('An embedding model was asked to score pairs.');
      const unpooledTokens = await countUnpooled(work);
      const texts = work.texts.map((text) => clean(work.prompt + text));
      const encoded = await tokenizer.encode(texts, { withTokens: work.kind === 'tokenizeTexts' });
      return encoded.map((entry, position) => prepareOne(entry, work, position, unpooledTokens));
    },
    embed: (batch, timing) => runBatch(network, { batch, timing, width: facts.dimensions ?? network.dimensions }),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
