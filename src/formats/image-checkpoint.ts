import type { CheckpointFacts } from './checkpoint-facts.ts';
import type { ImagePreprocessing } from './preprocessing/image-preprocessing.ts';
import type { TokenizerFiles } from './tokenizer-files.ts';

/** Names of the inputs and outputs of the towers' graphs. */
export const towerNames = {
  /** FLOAT `[batch, 3, height, width]`, normalised as the model's preprocessing says. */
  pixels: 'pixel_values',
  /** INT32 `[batch, sequence]`. */
  ids: 'input_ids',
  /** INT32 `[batch, sequence]`, 1 where a token is no padding; only where `TextTower.padding` is LONGEST. */
  mask: 'attention_mask',
  /** FLOAT `[batch, dimensions]`, before any normalisation. */
  features: 'features',
  /** FLOAT `[batch, labels]`, of an image classifier; before the softmax. */
  logits: 'logits',
} as const;

/** A model that reads images, or images and texts into one space: all that an engine needs to run it. */
export interface ImageCheckpoint {
  readonly facts: CheckpointFacts;
  readonly image: ImageTower;
  /** Null for a model of images alone. */
  readonly text: TextTower | null;
}

/** One graph over the model's safetensors. */
export interface TowerNetwork {
  /** The ONNX file; its weights point into files of the model's folder. */
  readonly graph: Uint8Array;
  /** The weights' file, for messages. */
  readonly weightsFile: string;
}

/** A repository's own ONNX file that sees images. What it is called inside is known only once the runtime has opened it. */
export interface OnnxFileTower {
  /** Path of the file inside the model's folder. */
  readonly onnxFile: string;
}

export interface ImageTower {
  readonly network: TowerNetwork | OnnxFileTower;
  readonly preprocessing: ImagePreprocessing;
  /** Width of `features`; null where the model gives only logits. */
  readonly dimensions: number | null;
  /** Whether the graph has the output `logits`; its width is `facts.labels.length`. */
  readonly hasLogits: boolean;
}

/**
 * What is done to a text before a tokenizer sees it. OPEN_CLIP: HTML is unescaped twice, NFC, white space, lower case; OPEN_CLIP_CASED:
 * the same without lower case; OPEN_CLIP_CANONICAL: as OPEN_CLIP, without punctuation; SIGLIP: as transformers' `SiglipTokenizer`;
 * LOWER: lower case alone; NONE: nothing.
 */
export type TextCleaning = 'OPEN_CLIP' | 'OPEN_CLIP_CASED' | 'OPEN_CLIP_CANONICAL' | 'SIGLIP' | 'LOWER' | 'NONE';

export interface TextTower {
  readonly network: TowerNetwork;
  readonly tokenizer: TokenizerFiles;
  /** The most tokens, special tokens included. */
  readonly contextLength: number;
  /** CONTEXT: every text is padded to `contextLength`, and padding takes part. LONGEST: to the batch's longest, with a mask. NONE: rows of equal length only are batched. */
  readonly padding: 'CONTEXT' | 'LONGEST' | 'NONE';
  readonly padId: number;
  /** What is done to a text before the tokenizer. */
  readonly cleaning: TextCleaning;
  /** Ids are below it. */
  readonly vocabularySize: number;
  /** Width of `features`, the image tower's too. */
  readonly dimensions: number;
}
