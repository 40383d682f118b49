import { describe, expect, it } from 'vitest';
import type { Services } from '../../src/graphql/context.ts';
import { createHealth } from '../../src/http/health.ts';
import { createLog } from '../../src/log.ts';

/** Models by id, each with how its probe goes. */
function healthOf(probes: Record<string, () => Promise<boolean>>) {
  let count = 0;
  const services = {
    log: createLog({ level: 'silent' }),
    scheduler: {
      loadedIds: () => Object.keys(probes),
      probe: (id: string) => {
        count += 1;
        return probes[id]?.() ?? Promise.resolve(false);
      },
    },
    catalogue: { getMany: async (ids: readonly string[]) => ids.map((id) => ({ name: `name of ${id}` })) },
  } as unknown as Services;
  return { health: createHealth(services), probed: () => count };
}

describe('readiness', () => {
  it('is given when every loaded model answers', async () => {
    const { health } = healthOf({ a: async () => true, b: async () => true });
    expect(await health.ready()).toEqual({ status: 200, body: { ready: true, models: ['name of a', 'name of b'], failed: [] } });
  });

  it('names the models that do not answer, or fail', async () => {
    const { health } = healthOf({ a: async () => true, b: async () => false, c: () => Promise.reject(new Error('crashed')) });
    expect(await health.ready()).toEqual({
      status: 503,
      body: { ready: false, models: ['name of a', 'name of b', 'name of c'], failed: ['name of b', 'name of c'] },
    });
  });

  it('runs one inference a model for all who ask at the same time, and asks again later', async () => {
    const { health, probed } = healthOf({ a: async () => true });
    await Promise.all([health.ready(), health.ready(), health.ready()]);
    expect(probed()).toBe(1);
    await health.ready();
    expect(probed()).toBe(2);
  });
});
