import type { Padding } from './blocks/convolution.ts';

/**
 * What the tensors of a mobile network do not tell; kernels, widths, repeats and the kind of each block they do. timm writes all of it as
 * strings, such as `ir_r2_k3_s2_e6_c24_se0.25` (`models/efficientnet.py`, `models/mobilenetv3.py`).
 */
export interface MobilePlan {
  /** Stride of the first block of each stage; a network may have fewer stages. */
  readonly strides: readonly number[];
  readonly activation: string;
  /** How many stages, from the first, have ReLU in place of `activation`. */
  readonly reluStages?: number;
  /** Activation between the two layers of a squeeze-and-excitation; the network's own where it is missing. */
  readonly exciteActivation?: string | undefined;
  readonly gate?: 'sigmoid' | 'hardsigmoid';
  /** HALF where it is missing. */
  readonly padding?: Padding;
  /** What is added to variances; PyTorch's default where it is missing. */
  readonly epsilon?: number;
  /** Stages whose blocks have no shortcut although their sizes allow one. */
  readonly withoutShortcut?: readonly number[];
  /** A stage of which that is so for the first block only. */
  readonly firstWithoutShortcut?: number;
  /** Whether blocks of one convolution have a shortcut where their sizes allow one. */
  readonly convolutionShortcut?: boolean;
  /** Whether depthwise-separable blocks end with an activation, and have no shortcut. */
  readonly activeSeparable?: boolean;
  /** Whether blocks of MobileNetV4 weigh their channels. */
  readonly layerScale?: boolean;
  /** Whether the head's convolution has a bias. */
  readonly headBias?: boolean;
  /** Whether the head's convolution comes behind the pooling. */
  readonly poolsFirst?: boolean;
}

const usualStrides = [1, 2, 2, 2, 1, 2, 1];
const smallStrides = [2, 2, 2, 1, 2, 1];
const mobileNetV4 = { strides: [2, 2, 2, 2, 1], poolsFirst: true };
const mobileNetV3 = { activation: 'hardswish', exciteActivation: 'relu', gate: 'hardsigmoid', poolsFirst: true, headBias: true } as const;

/** Plans by name; a name without its `tf_`. The first that fits is taken. */
const plans: readonly (readonly [names: RegExp, plan: MobilePlan])[] = [
  [/^efficientnet_(b\d|l2)(_pruned)?$|^tinynet_[a-e]$/, { strides: usualStrides, activation: 'silu' }],
  [/^efficientnet_lite\d$/, { strides: usualStrides, activation: 'relu6' }],
  [/^efficientnet_(es|em|el)(_pruned)?$/, { strides: usualStrides, activation: 'relu', withoutShortcut: [0] }],
  [/^efficientnetv2_(s|m|l|xl|b\d|rw_[smt])$/, { strides: usualStrides, activation: 'silu', convolutionShortcut: true }],
  [/^test_efficientnet$/, { strides: [1, 2, 2, 2, 2], activation: 'silu', convolutionShortcut: true }],
  [/^mobilenetv1_\d+h?$/, { strides: [1, 2, 2, 2, 2], activation: 'relu6', activeSeparable: true }],
  [/^mobilenetv2_\d+d?$/, { strides: usualStrides, activation: 'relu6' }],
  [/^mnasnet_small$|^fbnetc_100$/, { strides: usualStrides, activation: 'relu' }],
  [/^semnasnet_\d+$/, { strides: usualStrides, activation: 'relu', withoutShortcut: [0] }],
  [/^(mnasnet|spnasnet)_\d+$/, { strides: usualStrides, activation: 'relu', withoutShortcut: [0, 6] }],
  [/^mobilenet_edgetpu_100$/, { strides: usualStrides, activation: 'relu', firstWithoutShortcut: 4 }],
  [/^mobilenet_edgetpu_v2_(xs|s|m|l)$/, { strides: usualStrides, activation: 'relu' }],
  [/^mobilenetv3_large_\d+d?$/, { ...mobileNetV3, strides: usualStrides, reluStages: 3 }],
  [/^mobilenetv3_small_\d+d?$/, { ...mobileNetV3, strides: smallStrides, reluStages: 2 }],
  [/^mobilenetv3_large_minimal_\d+$/, { ...mobileNetV3, strides: usualStrides, activation: 'relu' }],
  [/^mobilenetv3_small_minimal_\d+$/, { ...mobileNetV3, strides: smallStrides, activation: 'relu' }],
  [
    /^mobilenetv3_rw$/,
    {
      ...mobileNetV3,
      strides: usualStrides,
      exciteActivation: undefined,
      headBias: false,
      reluStages: 3,
      withoutShortcut: [0],
      epsilon: 1e-3,
    },
  ],
  [/^fbnetv3_[bdg]$/, { ...mobileNetV3, strides: usualStrides, exciteActivation: undefined, headBias: false }],
  [/^lcnet_\d+$/, { ...mobileNetV3, strides: usualStrides, activeSeparable: true }],
  [/^mobilenetv4_conv_(small|medium|large)(_\d+)?$/, { ...mobileNetV4, activation: 'relu' }],
  [/^mobilenetv4_hybrid_medium(_\d+)?$/, { ...mobileNetV4, activation: 'relu', layerScale: true }],
  [/^mobilenetv4_hybrid_large(_\d+)?$/, { ...mobileNetV4, activation: 'gelu', layerScale: true }],
];

/** Networks whose weights came from TensorFlow, and with them its padding and what it adds to variances. */
const fromTensorFlow = /^tf_|^efficientnet_b\d_pruned$/;

/** The plan of an architecture; undefined for one of another family. */
export function mobilePlan(architecture: string): MobilePlan | undefined {
  const name = architecture.replace(/^tf_/, '');
  const plan = plans.find(([names]) => names.test(name))?.[1];
  return plan && fromTensorFlow.test(architecture) ? { ...plan, padding: 'SAME', epsilon: 1e-3 } : plan;
}
