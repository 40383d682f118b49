/** What neither the tensors nor, as a rule, `model_args` of config.json tell of a vision transformer. */
export interface VitVariant {
  readonly heads: number;
  readonly activation: string;
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias. */
  readonly hasProjectionBias: boolean;
}

/** Heads by the part of the name that says the size. Widths are in the tensors. */
const headsOfSize: Readonly<Record<string, number>> = {
  tiny: 3,
  xsmall: 4,
  wee: 4,
  little: 5,
  small: 6,
  medium: 8,
  mediumd: 8,
  betwixt: 10,
  base: 12,
  so150m2: 13,
  so150m: 14,
  large: 16,
  intern300m: 16,
  so400m: 16,
  huge: 16,
  giant: 16,
  giantopt: 16,
  gigantic: 16,
};

/** Names in which the size has another number of heads. */
const otherHeads: readonly (readonly [names: RegExp, heads: number])[] = [
  [/^vit_base_patch16_gap_224/, 16],
  [/^vit_base_.*_plus_/, 14],
  [/^vit_giant_.*(dinov2|tipsv2)/, 24],
];

const names =
  /^(?:vit|deit|deit3)_([a-z0-9]+)(?:_distilled)?_patch\d+_|^flexivit_([a-z]+)$|^vit_(base)_mci_\d+$|^eva_(large)_patch14_\d+$|^beit3_([a-z]+)_patch\d+_/;
/** Blocks of other kinds (parallel, post-norm, differential), rotary positions, and networks that share the name only. */
const others = /_xp_|_rpn_|_18x2_|_rope|_radio_|dinov3|lingbot|sapiens|_ape_|_mixed_|_r\d+_/;

const withoutProjectionBias = /_miil$|^vit_(betwixt|medium)_patch16_gap_|^vit_so150m2_/;

/** timm's small networks for tests of its own. */
const testHeads: Readonly<Record<string, number>> = { test_vit: 2, test_vit2: 2, test_vit3: 3 };

/** The variant that a name stands for; undefined for a network of another family. Source: timm, `models/vision_transformer.py`, `deit.py`. */
export function vitVariant(architecture: string): VitVariant | undefined {
  const size = names
    .exec(architecture)
    ?.slice(1)
    .find((part) => part !== undefined);
  const usual = size !== undefined && Object.hasOwn(headsOfSize, size) ? headsOfSize[size] : undefined;
  const heads =
    otherHeads.find(([pattern]) => pattern.test(architecture))?.[1] ??
    (Object.hasOwn(testHeads, architecture) ? testHeads[architecture] : usual);
  if (heads === undefined || others.test(architecture)) return undefined;
  return {
    heads,
    activation: activationOf(architecture),
    epsilon: /_clip_|^beit3_/.test(architecture) ? 1e-5 : 1e-6,
    hasProjectionBias: !withoutProjectionBias.test(architecture),
  };
}

function activationOf(architecture: string): string {
  if (/_clip_quickgelu_/.test(architecture)) return 'quick_gelu';
  // SigLIP 2's sizes; the first SigLIP's weights were trained with the tanh approximation too, but timm runs them with erf.
  if (/_(base_patch32|so400m_patch16|giantopt_patch16)_siglip_|^vit_large_patch16_siglip_(gap_)?512/.test(architecture))
    return 'gelu_pytorch_tanh';
  return /^vit_giant_.*(dinov2|tipsv2)/.test(architecture) ? 'silu' : 'gelu';
}
