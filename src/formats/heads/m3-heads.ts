import { join } from 'node:path/posix';
import { InvalidModelFileError } from '../../errors.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { hasFile, isJsonObject, readOptionalJsonObject } from '../json-file.ts';
import { readSafetensors } from '../safetensors.ts';
import type { StoredTensors } from '../safetensors-types.ts';
import { headGraph, type OutputHeads, type SparseHead, type TokenHead } from './output-head.ts';

/** Where torch's `F.normalize` stops dividing. */
const smallestNorm = 1e-12;
/** What XLM-RoBERTa calls the tokens that a lexical vector leaves out, where the tokenizer's files do not say. */
const usualTokens = { cls_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' };

/**
 * The two heads that bge-m3 has beside its dense vector, each in a file of its own. Upstream publishes them as pickles
 * (`sparse_linear.pt`, `colbert_linear.pt`), which are never read: a head is there where somebody saved it as safetensors.
 *
 * Reference: "M3-Embedding", arXiv 2402.03216; FlagEmbedding, `inference/embedder/encoder_only/m3.py`.
 */
export async function readM3Heads(
  folder: string,
  { path, size, vocabularySize }: { path: string; size: number; vocabularySize: number },
): Promise<OutputHeads & { note: string }> {
  const [sparseFile, tokenFile] = [join(path, 'sparse_linear.safetensors'), join(path, 'colbert_linear.safetensors')];
  const sparse = (await hasFile(folder, sparseFile)) ? await readLexical(folder, { file: sparseFile, path, size, vocabularySize }) : null;
  const tokens = (await hasFile(folder, tokenFile)) ? await readTokenHead(folder, { file: tokenFile, size }) : null;
  const pickled: string[] = [];
  for (const [head, name] of [
    [sparse, 'sparse_linear'],
    [tokens, 'colbert_linear'],
  ] as const) {
    if (!head && (await hasFile(folder, join(path, `${name}.pt`)))) pickled.push(name);
  }
  const note = pickled
    .map((name) => ` ${name}.pt is a pickle, which is never read: put ${name}.safetensors beside it to have that head.`)
    .join('');
  return { sparse, tokens, note };
}

/** A weight per token: ReLU of one linear layer; each word of a text keeps its largest. */
async function readLexical(
  folder: string,
  { file, path, size, vocabularySize }: { file: string; path: string; size: number; vocabularySize: number },
): Promise<SparseHead> {
  const { tensors, name } = await readLinear(folder, file);
  const graph = headGraph(tensors, {
    file,
    size,
    takesMask: false,
    shape: ['sequence', 1],
    build: (builder, weights, { hidden }) => linear(builder, weights, hidden, { name, from: size, to: 1 }),
  });
  return {
    ...graph,
    kind: 'LEXICAL',
    summary: "a weight for each of a text's words",
    dimensions: vocabularySize,
    mostValues: null,
    finish: (value) => value,
    ignoredTokens: await readIgnoredTokens(folder, path),
  };
}

/** A linear layer over each token, then unit length. */
async function readTokenHead(folder: string, { file, size }: { file: string; size: number }): Promise<TokenHead> {
  const { tensors, name, width } = await readLinear(folder, file);
  const graph = headGraph(tensors, {
    file,
    size,
    takesMask: false,
    shape: ['sequence', width],
    build(builder, weights, { hidden }) {
      const vectors = linear(builder, weights, hidden, { name, from: size, to: width });
      const squares = builder.reduceSum(builder.multiply(vectors, vectors), [2], { keepDimensions: true });
      return builder.divide(vectors, builder.node('Max', [builder.node('Sqrt', [squares]), builder.float(smallestNorm)]));
    },
  });
  return { ...graph, summary: `a vector of ${width} values for each token but the first`, dimensions: width };
}

/** The only linear layer of a file: `weight` and `bias`, as torch saves one, or with a name before each. */
async function readLinear(folder: string, file: string): Promise<{ tensors: StoredTensors; name: string; width: number }> {
  const list = await readSafetensors(folder, file);
  const weights = list.filter(({ name }) => name === 'weight' || name.endsWith('.weight'));
  const [weight] = weights;
  if (!weight || weights.length > 1) {
    throw new InvalidModelFileError({ file, message: `It must hold one linear layer; it has ${weights.length} tensors named weight.` });
  }
  // `linear` asks for `<name>.weight`, which a bare layer's tensors lack.
  const isBare = weight.name === 'weight';
  const tensors = new Map(list.map((tensor) => [isBare ? `head.${tensor.name}` : tensor.name, tensor]));
  return { tensors, name: isBare ? 'head' : weight.name.slice(0, -'.weight'.length), width: weight.shape[0] ?? 0 };
}

/** The special tokens of the tokenizer's files: beginning, end, padding, unknown. */
async function readIgnoredTokens(folder: string, path: string): Promise<string[]> {
  const [map, config] = await Promise.all(
    ['special_tokens_map.json', 'tokenizer_config.json'].map((name) => readOptionalJsonObject(folder, join(path, name))),
  );
  return Object.entries(usualTokens).map(([key, usual]) => contentOf(map?.[key]) ?? contentOf(config?.[key]) ?? usual);
}

/** A token is written as a string, or as an object with flags. */
function contentOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  return isJsonObject(token) && typeof token.content === 'string' ? token.content : null;
}
