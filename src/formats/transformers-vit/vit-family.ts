import type { Resampling } from '../timm/blocks/resample-grid.ts';

/** What the vision transformers of transformers call their parts, and where they differ. */
export interface VitFamily {
  /** What classes with a head put in front of the names of all but the head's tensors. */
  readonly prefix: string;
  /** Tokens in front of the patches, in order. */
  readonly tokens: readonly { readonly name: string; readonly hasPosition: boolean }[];
  readonly attentionNorm: string;
  readonly feedForwardNorm: string;
  readonly wide: string;
  readonly narrow: string;
  /** The two layers of a gated feed-forward part, where a checkpoint has them instead. */
  readonly packed: { readonly wide: string; readonly narrow: string } | null;
  readonly attentionScale: string | null;
  readonly feedForwardScale: string | null;
  /** `layer_norm_eps` where config.json does not say it. */
  readonly epsilon: number;
  /** `patch_size` where config.json does not say it. */
  readonly patchSize: number;
  /** How positions are made to fit images of another size than the model was trained with. */
  readonly resampling: Resampling;
  /** Whether the classifier reads the mean of the patches beside the class token. */
  readonly classifiesMean: boolean;
  /** The class that transformers prepares images with where the processor's file names none. */
  readonly processor: string;
}

const vit: VitFamily = {
  prefix: 'vit.',
  tokens: [{ name: 'cls_token', hasPosition: true }],
  attentionNorm: 'layernorm_before',
  feedForwardNorm: 'layernorm_after',
  wide: 'intermediate.dense',
  narrow: 'output.dense',
  packed: null,
  attentionScale: null,
  feedForwardScale: null,
  epsilon: 1e-12,
  patchSize: 16,
  resampling: 'BICUBIC',
  classifiesMean: false,
  processor: 'ViTImageProcessor',
};

const dinov2: VitFamily = {
  ...vit,
  prefix: 'dinov2.',
  attentionNorm: 'norm1',
  feedForwardNorm: 'norm2',
  wide: 'mlp.fc1',
  narrow: 'mlp.fc2',
  packed: { wide: 'mlp.weights_in', narrow: 'mlp.weights_out' },
  attentionScale: 'layer_scale1.lambda1',
  feedForwardScale: 'layer_scale2.lambda1',
  epsilon: 1e-6,
  patchSize: 14,
  classifiesMean: true,
  processor: 'BitImageProcessor',
};

/** By `model_type` of config.json. Reference: transformers, `models/vit`, `models/deit`, `models/dinov2`, `models/dinov2_with_registers`. */
const families: Readonly<Record<string, VitFamily>> = {
  vit,
  deit: {
    ...vit,
    prefix: 'deit.',
    tokens: [...vit.tokens, { name: 'distillation_token', hasPosition: true }],
    processor: 'DeiTImageProcessor',
  },
  dinov2,
  dinov2_with_registers: {
    ...dinov2,
    prefix: 'dinov2_with_registers.',
    tokens: [...dinov2.tokens, { name: 'register_tokens', hasPosition: false }],
    resampling: 'ANTIALIASED_BICUBIC',
  },
};

/** The family of a `model_type`; undefined for one that is not built here. */
export function findVitFamily(modelType: unknown): VitFamily | undefined {
  return typeof modelType === 'string' && Object.hasOwn(families, modelType) ? families[modelType] : undefined;
}
