import type { IngrainDurationFragment, IngrainMetricsQuery, IngrainStatisticsFragment } from './operations.generated.ts';

type Server = NonNullable<IngrainMetricsQuery['server']>;
type LoadedModel = NonNullable<Server['loadedModels']>[number];
type Statistics = IngrainStatisticsFragment;
type Duration = { count: string; ns: string };
type ModelStats = { name: string; version: string; inferenceStats: Record<string, Duration>; [member: string]: unknown };

/**
 * Ingrain's JSON metrics, one entry for each loaded model, two for one of texts and images. Every number is a string. Members are there in both spellings:
 * the newer clients read `inferenceStats`, the older ones `inference_stats`; keys inside the statistics stay snake_case.
 */
export function metricsBody({ server }: IngrainMetricsQuery) {
  return {
    modelStats: (server?.loadedModels ?? []).flatMap(statsOfModel),
  };
}

/** A model of texts and images is two: each tower is a model of its own in Ingrain. */
function statsOfModel({ name, capabilities, statistics, text, images }: LoadedModel): ModelStats[] {
  const hasBoth = capabilities.includes('EMBED_TEXT') && capabilities.includes('EMBED_IMAGE');
  if (!hasBoth) return statistics ? [modelStats(name, statistics)] : [];
  return [...(text ? [modelStats(`${name}/text_encoder`, text)] : []), ...(images ? [modelStats(`${name}/image_encoder`, images)] : [])];
}

function modelStats(name: string, statistics: Statistics): ModelStats {
  const members = {
    lastInference: statistics.lastInferenceAt === null ? null : String(new Date(statistics.lastInferenceAt).getTime()),
    inferenceCount: String(statistics.inferenceCount),
    executionCount: String(statistics.executionCount),
    inferenceStats: {
      success: duration(statistics.success),
      fail: duration(statistics.failure),
      queue: duration(statistics.queue),
      compute_input: duration(statistics.computeInput),
      compute_infer: duration(statistics.computeInference),
      compute_output: duration(statistics.computeOutput),
    },
    batchStats: statistics.batches.map((batch) =>
      bothSpellings({
        batchSize: String(batch.size),
        computeInput: duration(batch.computeInput),
        computeInfer: duration(batch.computeInference),
        computeOutput: duration(batch.computeOutput),
      }),
    ),
  };
  return { name, version: '1', ...bothSpellings(members) };
}

/** Exactly these two keys: the Python client refuses any other. */
function duration({ count, totalNs }: IngrainDurationFragment): Duration {
  return { count: String(count), ns: String(totalNs) };
}

function bothSpellings<Members extends Record<string, unknown>>(members: Members): Members & Record<string, unknown> {
  const snakeCase = Object.entries(members).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]);
  return { ...members, ...Object.fromEntries(snakeCase) };
}
