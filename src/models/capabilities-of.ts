import type { Capability, Model } from './model.ts';

/** What a model can be asked to do: what its files can, and to chat where it was given a template. Empty until its files are here. */
export function capabilitiesOf({ facts, settings }: Pick<Model, 'facts' | 'settings'>): Capability[] {
  const own = facts?.capabilities ?? [];
  const chatsByTemplate = settings.template !== undefined && own.includes('GENERATE_TEXT') && !own.includes('CHAT');
  return chatsByTemplate ? [...own, 'CHAT'] : own;
}
