import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { findOnnxFile, refusePickle } from '../checkpoint.ts';
import type { Precision } from '../checkpoint-facts.ts';
import { type ImageCheckpoint, towerNames } from '../image-checkpoint.ts';
import { readImageOnnxFile } from '../image-onnx-file.ts';
import { jsonFields } from '../json-fields.ts';
import { readJsonObject } from '../json-file.ts';
import { readTimmPreprocessing } from '../preprocessing/timm.ts';
import { hasSafetensors, readStoredTensors } from '../safetensors.ts';
import type { StoredTensor, StoredTensors } from '../safetensors-types.ts';
import { meanOfClassifiers } from '../towers/linear-classifiers.ts';
import { buildTower, sizeFacts } from '../towers/tower-network.ts';
import type { Weights } from '../weights.ts';
import { readTimmLabels } from './labels.ts';
import { architectureOf, findTimmFamily } from './registry.ts';
import { countTimmClasses, timmOverrides } from './timm-config.ts';
import type { ImageFeatures } from './timm-family.ts';

const configFile = 'config.json';
const weightsFile = 'model.safetensors';

/**
 * Reads the folder of a timm model as the hub has them: `config.json` with `architecture` and `pretrained_cfg`, `model.safetensors`.
 * Throws `INVALID_MODEL_FILE` for what is malformed or missing, `UNSUPPORTED_MODEL` for what is whole but not built here.
 */
export async function readTimmCheckpoint(folder: string, { precision = 'F32' }: { precision?: Precision } = {}): Promise<ImageCheckpoint> {
  const config = await readJsonObject(folder, configFile);
  const name = jsonFields(config, configFile).string('architecture');
  const architecture = architectureOf(name);
  const family = findTimmFamily(architecture);
  const preprocessing = readTimmPreprocessing(config, configFile);
  const onnxFile = await findOnnxFile(folder, '');
  if (onnxFile !== null && !(family && (await hasSafetensors(folder)))) {
    const labels = readTimmLabels(config, countTimmClasses(config, configFile) ?? 0, configFile);
    return readImageOnnxFile(folder, { onnxFile, library: 'TIMM', name, labels, preprocessing });
  }
  if (!family) {
    throw new UnsupportedModelError({
      reason: `The architecture ${quote(name)} is not built here.`,
      remedy: 'Put an onnx/model.onnx beside the weights, or use a model of another architecture.',
    });
  }
  await refusePickle(folder, '');
  const classes = countTimmClasses(config, configFile);
  const tensors = await readStoredTensors(folder);
  let dimensions = 0;
  let labels: string[] = [];
  const built = buildTower(tensors, { file: weightsFile, precision }, (graph, weights) => {
    const { height, width } = preprocessing;
    const pixels = { value: graph.input(towerNames.pixels, 'FLOAT', ['batch', 3, height, width]), channels: 3, height, width };
    const features = family.build(graph, weights, pixels, { architecture, overrides: timmOverrides(config, configFile) });
    graph.output(towerNames.features, features.features, 'FLOAT', ['batch', features.width]);
    const count = classes ?? countRows(weights, features);
    dimensions = features.width;
    labels = readTimmLabels(config, count, configFile);
    if (count > 0)
      graph.output(towerNames.logits, meanOfClassifiers(graph, weights, features.classifiers, count), 'FLOAT', ['batch', count]);
    refuseUnused(tensors, weights.used, features, name);
  });
  return {
    facts: {
      library: 'TIMM',
      architecture: name,
      capabilities: labels.length > 0 ? ['EMBED_IMAGE', 'CLASSIFY_IMAGE'] : ['EMBED_IMAGE'],
      description: describe({ name, labels, dimensions }),
      ...sizeFacts(tensors, [built]),
      dimensions,
      outputs: ['DENSE'],
      maxTokens: null,
      labels,
      prompts: {},
      defaultPromptName: null,
      similarity: 'COSINE',
    },
    image: { network: { graph: built.graph, weightsFile }, preprocessing, dimensions, hasLogits: labels.length > 0 },
    text: null,
  };
}

function countRows(weights: Weights, { classifiers }: ImageFeatures): number {
  const name = `${classifiers[0]?.name}.weight`;
  return weights.has(name) ? (weights.shape(name, 2)[0] as number) : 0;
}

/** Integers, and positions that some networks compute and store. */
const computed = /(^|\.)(num_batches_tracked$|relative_position_index$|rope\.|freqs)/;

/** timm loads strictly: a tensor with no place belongs to a part that is not built or has lost another tensor, and numbers would be others. */
function refuseUnused(tensors: StoredTensors, used: ReadonlySet<StoredTensor>, { classifiers }: ImageFeatures, name: string): void {
  const heads = classifiers.flatMap((classifier) => [`${classifier.name}.weight`, `${classifier.name}.bias`]);
  const unused = [...tensors.values()].find((tensor) => !used.has(tensor) && !computed.test(tensor.name) && !heads.includes(tensor.name));
  if (!unused) return;
  const message = `Tensor ${quote(unused.name)} has no place in ${quote(name)} as it is built here: others are missing, or it is another network.`;
  throw new InvalidModelFileError({ file: unused.file, message });
}

function describe({ name, labels, dimensions }: { name: string; labels: readonly string[]; dimensions: number }): string {
  const head = labels.length > 0 ? ` and a classifier of ${labels.length} labels` : '';
  return `timm's ${name}: pooled features of width ${dimensions}, as with num_classes=0${head}.`;
}
