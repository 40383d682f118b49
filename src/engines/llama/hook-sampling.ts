import type { LlamaContext } from './native.ts';

/** The most alternatives that are told of a token. */
const mostAlternatives = 64;

type Sampled = number | [token: number, probabilities?: number[], confidence?: number];

/** What the library has inside and does not offer; its version is pinned, and a test holds what is relied on here. */
interface Insides {
  _ctx: { sampleToken(index: number, sampler: object, probabilities?: boolean, confidence?: boolean): Promise<Sampled> };
  _model: { _model: object; _llama: { _bindings: { AddonSampler: new (model: object) => { applyConfig(config: object): void } } } };
}

/**
 * Makes the probabilities that a context tells with a token the model's own. The library tells those after temperature, cuts
 * and grammar, of the whole vocabulary, and draws another way meanwhile; with this the token is drawn as without asking, and
 * the likeliest `mostAlternatives` come with it, best first, and the chosen one last where it is not among them.
 *
 * `onStuck` is called when a token takes longer than `limitMs` to draw: some grammars cost llama.cpp exponential time.
 */
export function hookSampling(context: LlamaContext, { limitMs, onStuck }: { limitMs: number; onStuck: () => void }): void {
  const { _ctx: native, _model: model } = context as unknown as Insides;
  const sampleToken = native.sampleToken.bind(native);
  const plainSamplers = new WeakMap<object, object>();

  /** One for each answer: samplers work in threads of their own, and share nothing. */
  function plainFor(sampler: object): object {
    const known = plainSamplers.get(sampler);
    if (known) return known;
    const plain = new model._llama._bindings.AddonSampler(model._model);
    plain.applyConfig({ temperature: 0 });
    plainSamplers.set(sampler, plain);
    return plain;
  }

  /** Nothing stops native code; who watches can only give up. */
  async function sampleWatched(...drawing: Parameters<typeof sampleToken>): Promise<Sampled> {
    // Twice: where the whole machine was asleep, the first of them only says so.
    let timer = setTimeout(() => {
      timer = setTimeout(onStuck, limitMs / 2);
    }, limitMs / 2);
    try {
      return await sampleToken(...drawing);
    } finally {
      clearTimeout(timer);
    }
  }

  async function sample(...[index, sampler, probabilities, confidence]: Parameters<typeof sampleToken>): Promise<Sampled> {
    if (probabilities !== true) return sampleWatched(index, sampler, probabilities, confidence);
    const raw = await sampleToken(index, plainFor(sampler), true, false);
    const drawn = await sampleWatched(index, sampler);
    const [, all = []] = Array.isArray(raw) ? raw : [];
    const token = Array.isArray(drawn) ? drawn[0] : drawn;
    const likeliest = all.slice(0, 2 * mostAlternatives);
    if (!likeliest.some((value, place) => place % 2 === 0 && value === token)) {
      const place = all.findIndex((value, at) => at % 2 === 0 && value === token);
      if (place >= 0) likeliest.push(token, all[place + 1] ?? 0);
    }
    return [token, likeliest];
  }

  // Its own property is in front of the class's, which cannot be written.
  Object.defineProperty(native, 'sampleToken', { value: sample });
}
