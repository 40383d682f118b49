import { UnsupportedCapabilityError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { GenerateWork } from '../scheduler/scheduler.ts';

/** Throws UNSUPPORTED_CAPABILITY for what only the engine of GGUF models can do. */
export function requireAbilities({ name, facts }: Pick<Model, 'name'> & { facts: NonNullable<Model['facts']> }, work: GenerateWork): void {
  if (facts.library === 'LLAMA_CPP') return;
  const hasTools = work.input.type === 'chat' && work.input.tools.length > 0;
  const wanted = work.responseFormat ? 'hold an answer to a format' : hasTools ? 'call tools' : null;
  if (wanted === null) return;
  const hint = `It runs from ONNX graphs; leave ${hasTools ? 'tools' : 'responseFormat'} out, or use a GGUF model.`;
  throw new UnsupportedCapabilityError({ model: name, wanted, has: facts.capabilities, hint });
}
