import type { Services } from '../graphql/context.ts';
import type { Answer } from '../rest/route.ts';

/** How long one model may take to answer a probe. */
const probeTimeoutMs = 5000;

/** Liveness and readiness, beside GraphQL: they must answer when little else does. */
export function createHealth({ scheduler, catalogue, log }: Pick<Services, 'scheduler' | 'catalogue' | 'log'>) {
  let probing: Promise<Answer> | null = null;

  async function probeAll(): Promise<Answer> {
    const ids = scheduler.loadedIds();
    const answered = await Promise.all(ids.map(probe));
    const models = await catalogue.getMany(ids);
    const names = ids.map((id, index) => models[index]?.name ?? id);
    const failed = names.filter((_name, index) => !answered[index]);
    return { status: failed.length > 0 ? 503 : 200, body: { ready: failed.length === 0, models: names, failed } };
  }

  async function probe(id: string): Promise<boolean> {
    try {
      return await scheduler.probe(id, AbortSignal.timeout(probeTimeoutMs));
    } catch (error) {
      log.warn({ err: error, modelId: id }, 'a loaded model did not answer its probe');
      return false;
    }
  }

  return {
    live: (): Answer => ({ status: 200, body: { status: 'alive' } }),
    /** Runs one tiny inference of each loaded model; callers at the same time share it, since anybody may call. */
    ready(): Promise<Answer> {
      probing ??= probeAll().finally(() => {
        probing = null;
      });
      return probing;
    },
  };
}
