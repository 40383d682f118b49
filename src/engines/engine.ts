import type { ModelkeepError, WireError } from '../errors.ts';
import type { CheckpointFacts, EmbeddingOutput, Precision } from '../formats/checkpoint-facts.ts';
import type { GenerationOptions } from './generation.ts';

export type { EmbeddingOutput, Precision } from '../formats/checkpoint-facts.ts';

/**
 * The contract between a runner and an engine. An engine holds one opened model in the runner's process. The runner
 * decides what is batched with what; the engine turns inputs into prepared items and runs one batch at a time.
 */
export interface Engine extends AsyncDisposable {
  readonly facts: CheckpointFacts;
  /**
   * Makes inputs ready to run: tokenises, cuts; decodes and resizes, beside this thread. Answers one entry per item, in order; an
   * entry that is an error fails that item's request alone. What the model is not made for is not asked of it: `capabilities` say so before.
   */
  prepare(work: Work): Promise<(PreparedItem | ModelkeepError)[]>;
  /**
   * One forward pass over items of about equal length; answers one row per item, in order: a vector after the model's own
   * modules, or of a reranker the scores of its labels, then their logits.
   */
  embed(batch: readonly PreparedText[], timing: BatchTiming): Promise<Float32Array[]>;
  /** As `embed`, for work that asks for more than a dense vector: all of `outputs` from one pass. Only where the facts name outputs. */
  embedOutputs?(
    batch: readonly PreparedText[],
    options: { outputs: readonly EmbeddingOutput[]; withWords: boolean; timing: BatchTiming },
  ): Promise<EmbeddedText[]>;
  /** One forward pass over images that are all for the same output; answers one row per image, in order. Only where the facts say that it takes images. */
  runImages?(batch: readonly PreparedImage[], timing: BatchTiming): Promise<Float32Array[]>;
}

/** Opens a checkpoint folder. Throws `INVALID_MODEL_FILE` or `UNSUPPORTED_MODEL`. */
export interface EngineOpener {
  /** Reads and checks the folder's files, the tokenizer included, without building a session. */
  inspect(folder: string): Promise<CheckpointFacts>;
  /** Makes the model ready to run. */
  open(folder: string, options: EngineOptions): Promise<Engine>;
}

export interface EngineOptions {
  /** Threads inside one operator. */
  threads: number;
  /** Default F32. Only weights in safetensors can become INT8: for an ONNX file that is `UNSUPPORTED_MODEL`. */
  precision?: Precision;
  images?: ImageOptions;
  /** For models that write. */
  generation?: GenerationOptions;
}

/** How images are read. */
export interface ImageOptions {
  /** Resize with the decoder's own filters: faster, and not the reference's pixels. */
  fast: boolean;
  /** An image that has more, encoded or once decoded, is INVALID_IMAGE. */
  maxBytes: number;
  maxPixels: number;
}

/** One request's share of work, as it travels to a runner: items with the options that they have in common. */
export type Work = TextsWork | ImagesWork;

/** The least work that a model of this kind can be given, to see whether it answers. */
export function leastWork({ capabilities, outputs }: Pick<CheckpointFacts, 'capabilities' | 'outputs'>): Work {
  const texts = { items: ['ready'], firstIndex: 0, truncate: 'END' as const };
  const images = { items: [Buffer.from(grayImage, 'base64')], firstIndex: 0 };
  const vector = { normalization: 'NONE' as const, dimensions: null };
  if (capabilities.includes('RERANK')) return { kind: 'scorePairs', query: 'ready', ...texts };
  if (capabilities.includes('EMBED_TEXT')) {
    return { kind: 'embedTexts', prompt: '', ...vector, outputs: outputs?.slice(0, 1) ?? ['DENSE'], ...texts };
  }
  return capabilities.includes('CLASSIFY_IMAGE') ? { kind: 'classifyImages', ...images } : { kind: 'embedImages', ...vector, ...images };
}

/** A PNG of 8 × 8 gray pixels. */
const grayImage = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAD0lEQVR42mNowAEYhpYEAILzYAEllbNjAAAAAElFTkSuQmCC';

/** What an item is. */
export type Modality = 'TEXT' | 'IMAGE';

export function modalityOf({ kind }: Work): Modality {
  return kind === 'embedImages' || kind === 'classifyImages' ? 'IMAGE' : 'TEXT';
}

/** Its items are texts. */
export type TextsWork = EmbedTextsWork | TokenizeTextsWork | ScorePairsWork;
/** Its items are images as they came: encoded bytes. */
export type ImagesWork = EmbedImagesWork | ClassifyImagesWork;

export interface EmbedTextsWork {
  kind: 'embedTexts';
  items: string[];
  /** Index in the request of the first item: errors name the request's index. */
  firstIndex: number;
  /** Put in front of every text before it is stripped and tokenised; '' for none. */
  prompt: string;
  /** END cuts what is too long; NONE makes it INPUT_TOO_LONG. */
  truncate: 'END' | 'NONE';
  /** UNIT: cut, then divide by the L2 norm. UNIT_BEFORE_CUT: divide, then cut (Ingrain). NONE: the model's own output, cut. */
  normalization: 'UNIT' | 'UNIT_BEFORE_CUT' | 'NONE';
  /** How many of the first values to keep; null or more than the width keeps all. */
  dimensions: number | null;
  /** What of the model's outputs to give, all from one pass; left out for the dense vector alone. */
  outputs?: readonly EmbeddingOutput[];
  /** Whether sparse vectors say the words that their indices stand for. */
  withWords?: boolean;
  /** The most values that the answer to the whole request may hold: how many there are shows only as they come. */
  mostValues?: number;
}

export interface TokenizeTextsWork {
  kind: 'tokenizeTexts';
  items: string[];
  firstIndex: number;
  prompt: string;
  truncate: 'END' | 'NONE';
}

/** Documents to be scored against one query. */
export interface ScorePairsWork {
  kind: 'scorePairs';
  query: string;
  /** The documents: each makes a pair with the query. */
  items: string[];
  firstIndex: number;
  /** END cuts the longer text of a pair that is too long; NONE makes it INPUT_TOO_LONG. */
  truncate: 'END' | 'NONE';
}

export interface EmbedImagesWork extends Pick<EmbedTextsWork, 'normalization' | 'dimensions'> {
  kind: 'embedImages';
  items: Uint8Array[];
  firstIndex: number;
  /** Run nothing, only say which images cannot be used: the request has failed for another. */
  checksOnly?: boolean;
}

export interface ClassifyImagesWork {
  kind: 'classifyImages';
  items: Uint8Array[];
  firstIndex: number;
  checksOnly?: boolean;
}

/** An item that is ready for the engine. */
export type PreparedItem = PreparedText | PreparedImage;

/** An image that is ready for the engine. */
export interface PreparedImage {
  /** `3 × height × width` values, as the model's preprocessing makes them. */
  pixels: Float32Array;
  /** What is wanted of it. */
  output: 'FEATURES' | 'LOGITS';
}

/** A text, or a pair of texts, that is ready for the engine. */
export interface PreparedText {
  ids: Uint32Array | Int32Array;
  typeIds: Uint32Array | Int32Array;
  /** The tokens as text, only where `tokenizeTexts` asked. */
  tokens: string[] | null;
  /** How many tokens the text had before it was cut. */
  tokensBeforeTruncation: number;
  truncated: boolean;
  /** How many leading tokens the pooling leaves out (a prompt, where the Pooling module says so); 0 normally. */
  unpooledTokens: number;
  /** Columns that it takes in a batch, where the model pads beyond its tokens; left out where it takes one for each. */
  columns?: number;
}

/** Where one batch's time went, in nanoseconds; the engine fills in what it knows. */
export interface BatchTiming {
  /** Padding and copying into tensors. */
  inputNs: number;
  /** The native run. */
  inferenceNs: number;
  /** Reading vectors out. */
  outputNs: number;
}

/** What one text gave: what was not asked for is null. */
export interface EmbeddedText {
  /** As the model's modules give it. */
  vector: Float32Array | null;
  sparse: SparseVector | null;
  tokens: TokenVectors | null;
}

/** The values of a wide vector that are not 0. */
export interface SparseVector {
  /** Ids of words, in ascending order. */
  indices: Int32Array;
  /** One per index. */
  values: Float32Array;
  /** The words, where they were asked for. */
  words: string[] | null;
}

/** A vector for each token of a text. */
export interface TokenVectors {
  /** The tokens that have one. */
  ids: Int32Array;
  /** `tokens × dimensions` values, row after row. */
  vectors: Float32Array;
  dimensions: number;
}

/** What a share of work gives back. */
export type WorkResult = EmbedTextsResult | TokenizeTextsResult | ScorePairsResult | EmbedImagesResult | ClassifyImagesResult;

export interface EmbedTextsResult {
  kind: 'embedTexts';
  /** `count × dimensions` values, row after row; empty where no dense vector was asked for. */
  vectors: Float32Array;
  dimensions: number;
  tokenCounts: Int32Array;
  /** 1 where the text was cut. */
  truncated: Uint8Array;
  /** One per text, where they were asked for. */
  sparse?: SparseVector[];
  /** One per text, where they were asked for. */
  tokenVectors?: TokenVectors[];
}

export interface TokenizeTextsResult {
  kind: 'tokenizeTexts';
  items: { ids: number[]; tokens: string[]; tokensBeforeTruncation: number; truncated: boolean }[];
}

export interface ScorePairsResult {
  kind: 'scorePairs';
  /** `count × labelCount` values after the model's activation, row after row. */
  scores: Float32Array;
  /** The same before the activation. */
  logits: Float32Array;
  labelCount: number;
  tokenCounts: Int32Array;
  /** 1 where a text of the pair was cut. */
  truncated: Uint8Array;
}

/** An item that could not be used. */
export interface ItemFailure {
  /** Which item of the request. */
  index: number;
  error: WireError;
}

export interface EmbedImagesResult {
  kind: 'embedImages';
  /** `count × dimensions` values, row after row; empty where an item failed. */
  vectors: Float32Array;
  dimensions: number;
  /** Every item that cannot be used, not just the first; where there is one, the rest is not run. */
  failures: ItemFailure[];
}

export interface ClassifyImagesResult {
  kind: 'classifyImages';
  /** `count × labelCount` values before the softmax, row after row; empty where an item failed. */
  logits: Float32Array;
  labelCount: number;
  failures: ItemFailure[];
}
