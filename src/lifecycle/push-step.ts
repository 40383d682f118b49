import { toOllamaModel } from '../sources/ollama-model.ts';
import { pushToOllama } from '../sources/push-to-ollama.ts';
import type { TaskStep } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import type { InstallInput, InstallJournal } from './install-steps.ts';
import { stagingFolder } from './staging.ts';

/**
 * PUSH: where OLLAMA_URL names a server, the model is made there too, before it takes its name here: whatever fails, what was served goes
 * on. A model that no Ollama can serve is left to this server, with a note.
 */
export function pushStep<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
): TaskStep<Input, Journal> {
  const { ollamaUrl } = lifecycle.config;
  return {
    name: 'PUSH',
    applies: () => ollamaUrl !== null,
    async run({ input, journal, taskId, signal, report, note }) {
      const { facts, fetched } = journal;
      if (ollamaUrl === null || !facts || !fetched) return;
      if (facts.library !== 'LLAMA_CPP' || facts.architecture === 'LoRA') {
        return note('Only models in GGUF are pushed to Ollama; this one is served here alone.');
      }
      const { model, notes } = await toOllamaModel({
        name: input.name,
        folder: stagingFolder(lifecycle, taskId),
        files: Object.values(fetched),
        settings: journal.settings ?? input.settings ?? {},
      });
      await pushToOllama({ url: ollamaUrl, model, signal, onProgress: report });
      if (notes.length > 0) note(notes.join(' '));
    },
  };
}
