import { InputTooLongError, type ModelkeepError } from '../../errors.ts';
import type { CrossEncoder } from '../../formats/cross-encoder.ts';
import type { Engine, PreparedText, ScorePairsWork, Work } from '../engine.ts';
import { pythonStrip } from '../python-strip.ts';
import type { EncodedText, PairTokenizer } from '../tokenizer.ts';
import { findUnknownId } from './known-ids.ts';
import type { Network } from './network.ts';
import { runBatch } from './run-batch.ts';

/**
 * A cross-encoder in ONNX Runtime. Pairs are treated as `CrossEncoder.predict` does: both texts stripped, tokenised as a
 * pair, cut longest first. A row is the scores of the labels, then their logits.
 *
 * Reference: sentence-transformers 3.3.1, `cross_encoder/CrossEncoder.py`.
 */
export function createPairScorer({
  checkpoint,
  tokenizer,
  network,
}: {
  checkpoint: CrossEncoder;
  tokenizer: PairTokenizer;
  network: Network;
}): Engine {
  const { facts, maxTokens, activation } = checkpoint;
  const width = facts.labels.length;

  function prepareOne(encoded: EncodedText, work: ScorePairsWork, position: number): PreparedText | ModelkeepError {
    if (encoded.truncated && work.truncate === 'NONE') {
      return new InputTooLongError({ index: work.firstIndex + position, tokens: encoded.tokensBeforeTruncation, limit: maxTokens });
    }
    return findUnknownId(checkpoint, encoded) ?? { ...encoded, unpooledTokens: 0 };
  }

  return {
    facts,
    async prepare(work: Work) {
      if (work.kind !== 'scorePairs') throw new Error(`A reranker was asked for ${work.kind}.`);
      const encoded = await tokenizer.encode(pythonStrip(work.query), work.items.map(pythonStrip), {
        countsTokens: work.truncate === 'NONE',
      });
      return encoded.map((entry, position) => prepareOne(entry, work, position));
    },
    async embed(batch, timing) {
      const rows = await runBatch(network, { batch, width, timing });
      return rows.map((logits) => Float32Array.from([...activation.apply(logits), ...logits]));
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
