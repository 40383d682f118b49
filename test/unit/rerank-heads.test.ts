import { describe, expect, test } from 'vitest';
import type { PreparedText } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import type { MadeTensor } from '../support/checkpoint-maker.ts';
import { expectClose, goldenExpected, goldenTensor } from '../support/golden.ts';
import { headTensor, makeClassifier, scoreTogether } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * Heads that no golden case has: each on the encoder of a golden one, whose hidden states the reference gives, so that what a
 * head makes of them can be computed here from the definition alone.
 */
interface HeadCase {
  class: string;
  golden: string;
  prefix: string;
  head: MadeTensor[];
  config?: Record<string, unknown>;
  /** Items whose hidden states the reference gives; 0, 13 and 3 by default. */
  known?: number[];
  expected: (hidden: Hidden, head: Record<string, Float32Array>) => number[];
}

type Hidden = { tokens: Float32Array[]; size: number };

const size = 32;
const labelCount = 3;
const labels = { id2label: { 0: 'against', 1: 'neutral', 2: 'for' } };

/** W · x + b, with W as [out, in]. */
function dense(input: ArrayLike<number>, weight: Float32Array | undefined, bias?: Float32Array): number[] {
  const width = input.length;
  return Array.from({ length: (weight?.length ?? 0) / width }, (_, row) => {
    let sum = bias?.[row] ?? 0;
    for (let index = 0; index < width; index += 1) sum += (weight?.[row * width + index] ?? Number.NaN) * (input[index] ?? Number.NaN);
    return sum;
  });
}

const layer = (name: string, from: number, to: number, seed: number): MadeTensor[] => [
  headTensor(`${name}.weight`, [to, from], seed),
  headTensor(`${name}.bias`, [to], seed + 1),
];

function firstTokenHead(names: { dense: string; classifier: string }, activation: (value: number) => number, width = size) {
  return {
    head: [...layer(names.dense, width, width, 11), ...layer(names.classifier, width, labelCount, 13)],
    expected: ({ tokens }: Hidden, head: Record<string, Float32Array>) => {
      const middle = dense(tokens[0] ?? [], head[`${names.dense}.weight`], head[`${names.dense}.bias`]).map(activation);
      return dense(middle, head[`${names.classifier}.weight`], head[`${names.classifier}.bias`]);
    },
  };
}

const roberta = { dense: 'classifier.dense', classifier: 'classifier.out_proj' };
const relu = (value: number) => Math.max(value, 0);

/** erf by its series, good to 1e-12 where it is used here. */
function gelu(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  let [term, sum] = [x, x];
  for (let step = 1; step < 200; step += 1) {
    term *= (-x * x) / step;
    sum += term / (2 * step + 1);
  }
  const erf = Math.min(1, (2 / Math.sqrt(Math.PI)) * sum) * Math.sign(value);
  return (value * (1 + erf)) / 2;
}

function modernBert(pooling: 'cls' | 'mean'): Omit<HeadCase, 'class' | 'golden' | 'prefix'> {
  return {
    config: { classifier_pooling: pooling },
    head: [
      headTensor('head.dense.weight', [size, size], 21),
      headTensor('head.norm.weight', [size], 22),
      ...layer('classifier', size, labelCount, 23),
    ],
    expected({ tokens }, head) {
      const mean = Array.from({ length: size }, (_, at) => tokens.reduce((sum, token) => sum + (token[at] ?? 0), 0) / tokens.length);
      const wide = dense(pooling === 'mean' ? mean : (tokens[0] ?? []), head['head.dense.weight']).map(gelu);
      const average = wide.reduce((sum, value) => sum + value, 0) / size;
      const variance = wide.reduce((sum, value) => sum + (value - average) ** 2, 0) / size;
      const normed = wide.map((value, at) => ((value - average) / Math.sqrt(variance + 1e-5)) * (head['head.norm.weight']?.[at] ?? 0));
      return dense(normed, head['classifier.weight'], head['classifier.bias']);
    },
  };
}

const cases: HeadCase[] = [
  {
    class: 'BertForSequenceClassification',
    golden: 'tiny-bert-st',
    prefix: 'bert.',
    ...firstTokenHead({ dense: 'bert.pooler.dense', classifier: 'classifier' }, Math.tanh, 48),
  },
  { class: 'RobertaForSequenceClassification', golden: 'tiny-roberta-st', prefix: 'roberta.', ...firstTokenHead(roberta, Math.tanh) },
  {
    class: 'XLMRobertaForSequenceClassification',
    golden: 'tiny-xlm-roberta-st',
    prefix: 'roberta.',
    ...firstTokenHead(roberta, Math.tanh),
  },
  {
    class: 'CamembertForSequenceClassification',
    golden: 'tiny-roberta-st',
    prefix: 'roberta.',
    config: { model_type: 'camembert' },
    ...firstTokenHead(roberta, Math.tanh),
  },
  { class: 'MPNetForSequenceClassification', golden: 'tiny-mpnet-st', prefix: 'mpnet.', ...firstTokenHead(roberta, Math.tanh, 36) },
  {
    class: 'DistilBertForSequenceClassification',
    golden: 'tiny-distilbert-st',
    prefix: 'distilbert.',
    ...firstTokenHead({ dense: 'pre_classifier', classifier: 'classifier' }, relu),
  },
  { class: 'ModernBertForSequenceClassification', golden: 'tiny-modernbert-st', prefix: 'model.', ...modernBert('cls') },
  { class: 'ModernBertForSequenceClassification', golden: 'tiny-modernbert-st', prefix: 'model.', ...modernBert('mean') },
  {
    class: 'NewForSequenceClassification',
    golden: 'tiny-gte-st',
    prefix: 'new.',
    known: [0],
    ...firstTokenHead({ dense: 'new.pooler.dense', classifier: 'classifier' }, Math.tanh),
  },
  {
    class: 'Qwen3ForSequenceClassification',
    golden: 'tiny-qwen3-st',
    prefix: 'model.',
    known: [0],
    head: [headTensor('score.weight', [labelCount, size], 31)],
    expected: ({ tokens }, head) => dense(tokens.at(-1) ?? [], head['score.weight']),
  },
];

describe.each(cases)(
  '$class on $golden $config',
  ({ class: className, golden, prefix, head, config, expected, known: indices = [0, 13, 3] }) => {
    const values = Object.fromEntries(head.map((tensor) => [tensor.name, tensor.values]));
    const { items } = goldenExpected(golden);

    /** An item as it is prepared: a single text is a sequence like any other. */
    function prepared(index: number): PreparedText {
      const ids = Int32Array.from(items[index]?.input_ids ?? []);
      const typeIds = new Int32Array(ids.length);
      return { ids, typeIds, tokens: null, tokensBeforeTruncation: ids.length, truncated: false, unpooledTokens: 0 };
    }

    const known = indices.map((index) => {
      const { data, shape } = goldenTensor(golden, `last_hidden_state.${index}`);
      const width = shape[1] ?? 0;
      const tokens = Array.from({ length: shape[0] ?? 0 }, (_, row) => data.slice(row * width, (row + 1) * width));
      return { text: prepared(index), hidden: { tokens, size: width } };
    });

    test('makes of the reference hidden states the logits that its definition says, padded or not', async () => {
      await using folder = await temporaryFolder();
      await makeClassifier(folder.path, { golden, prefix, head, config: { architectures: [className], ...labels, ...config } });
      await using engine = await openEngine(folder.path, { threads: 1 });
      // The longest of them pads the others.
      const longest = items
        .map((_, index) => prepared(index))
        .reduce((first, second) => (second.ids.length > first.ids.length ? second : first));
      const together = await scoreTogether(engine, [...known.map(({ text }) => text), longest]);
      expect(known.some(({ text }) => text.ids.length < longest.ids.length)).toBe(true);
      for (const [index, { text, hidden }] of known.entries()) {
        const [alone] = await scoreTogether(engine, [text]);
        const logits = expected(hidden, values);
        expect(logits).toHaveLength(labelCount);
        expectClose(alone?.logits ?? [], logits, 2e-4);
        expectClose(together[index]?.logits ?? [], alone?.logits ?? [], 1e-5);
        // Several labels without a named activation: the logits are the scores.
        expect(alone?.scores).toEqual(alone?.logits);
      }
    });

    test('has its labels in order, and says what it is', async () => {
      await using folder = await temporaryFolder();
      await makeClassifier(folder.path, { golden, prefix, head, config: { architectures: [className], ...labels, ...config } });
      const facts = await inspectCheckpoint(folder.path);
      expect(facts).toMatchObject({ architecture: className, capabilities: ['RERANK'], labels: ['against', 'neutral', 'for'] });
      expect(facts.description).toMatch(/reranker.*3 labels, activation Identity\.$/);
    });
  },
);
