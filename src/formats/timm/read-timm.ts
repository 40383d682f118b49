import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { refusePickle } from '../checkpoint.ts';
import type { Precision } from '../checkpoint-facts.ts';
import { type ImageCheckpoint, towerNames } from '../image-checkpoint.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../json-file.ts';
import { readTimmPreprocessing } from '../preprocessing/timm.ts';
import { readStoredTensors } from '../safetensors.ts';
import { meanOfClassifiers } from '../towers/linear-classifiers.ts';
import { buildTower, sizeFacts } from '../towers/tower-network.ts';
import type { Weights } from '../weights.ts';
import { readTimmLabels } from './labels.ts';
import { architectureOf, findTimmFamily } from './registry.ts';
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
  if (!family) {
    throw new UnsupportedModelError({
      reason: `The architecture ${quote(name)} is not built here.`,
      remedy: 'Put an onnx/model.onnx beside the weights, or use a model of another architecture.',
    });
  }
  await refusePickle(folder, '');
  const preprocessing = readTimmPreprocessing(config, configFile);
  const classes = countClasses(config);
  const tensors = await readStoredTensors(folder);
  let dimensions = 0;
  let labels: string[] = [];
  const built = buildTower(tensors, { file: weightsFile, precision }, (graph, weights) => {
    const { height, width } = preprocessing;
    const pixels = { value: graph.input(towerNames.pixels, 'FLOAT', ['batch', 3, height, width]), channels: 3, height, width };
    const features = family.build(graph, weights, pixels, { architecture, overrides: overridesOf(config) });
    graph.output(towerNames.features, features.features, 'FLOAT', ['batch', features.width]);
    dimensions = features.width;
    const count = classes ?? countRows(weights, features);
    labels = readTimmLabels(config, count, configFile);
    if (count > 0)
      graph.output(towerNames.logits, meanOfClassifiers(graph, weights, features.classifiers, count), 'FLOAT', ['batch', count]);
  });
  return {
    facts: {
      library: 'TIMM',
      architecture: name,
      capabilities: labels.length > 0 ? ['EMBED_IMAGE', 'CLASSIFY_IMAGE'] : ['EMBED_IMAGE'],
      description: describe({ name, labels, dimensions }),
      ...sizeFacts(tensors, [built]),
      dimensions,
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

/** Width of the logits as config.json says it; null where it does not. */
function countClasses(config: JsonObject): number | null {
  const inner = isJsonObject(config.pretrained_cfg) ? config.pretrained_cfg : {};
  const args = isJsonObject(config.model_args) ? config.model_args : {};
  const holder = [args, config, inner].find((entry) => Object.hasOwn(entry, 'num_classes') && entry.num_classes !== null);
  return holder === undefined ? null : jsonFields(holder, configFile).integer('num_classes', { max: 1_000_000 });
}

function countRows(weights: Weights, { classifiers }: ImageFeatures): number {
  const name = `${classifiers[0]?.name}.weight`;
  return weights.has(name) ? (weights.shape(name, 2)[0] as number) : 0;
}

function overridesOf(config: JsonObject): ReturnType<typeof jsonFields> {
  const args = config.model_args ?? {};
  if (!isJsonObject(args)) throw new InvalidModelFileError({ file: configFile, message: 'model_args must be an object.' });
  return jsonFields(args, configFile);
}

function describe({ name, labels, dimensions }: { name: string; labels: readonly string[]; dimensions: number }): string {
  const head = labels.length > 0 ? ` and a classifier of ${labels.length} labels` : '';
  return `timm's ${name}: pooled features of width ${dimensions}, as with num_classes=0${head}.`;
}
