import { readFile } from 'node:fs/promises';
import type { Client } from './client.ts';
import type { Command, CommandContext } from './command.ts';
import { CommandError, describeFailure, ServerError } from './failures.ts';
import { followTask, startedTask } from './follow-task.ts';
import { type LockedModel, parseLock } from './lock-file.ts';
import { lockedModels } from './locked-models.ts';
import {
  DownloadModelDocument,
  type DownloadModelMutationVariables,
  LoadModelDocument,
  RegisterModelDocument,
  UpdateModelDocument,
} from './operations.generated.ts';

/** Makes a server have the models of a lock: the same commits, the same bytes, the same settings. Others are left alone. */
export const apply: Command = {
  name: 'apply',
  usage: '<lock.json>',
  about: 'Make the server have the models of a lock.',
  words: { least: 1, most: 1 },
  async run({ words: [path = ''], client, terminal, signal }) {
    const { models } = parseLock(await read(path), path);
    const server = client();
    const present = new Map((await lockedModels(server, signal)).map((model) => [model.name.toLowerCase(), model]));
    const failures: string[] = [];
    for (const model of models) {
      try {
        terminal.print(`${model.name}: ${await applyModel(model, present.get(model.name.toLowerCase()), { server, terminal, signal })}`);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(model.name);
        terminal.printError(`${model.name}: ${describeFailure(error)}`);
      }
    }
    if (failures.length > 0)
      throw new CommandError(`${failures.length} of ${models.length} models could not be made the same: ${failures.join(', ')}.`);
  },
};

type Context = Pick<CommandContext, 'terminal' | 'signal'> & { server: Client };

/** Answers what was done. */
async function applyModel(model: LockedModel, present: LockedModel | undefined, context: Context): Promise<string> {
  const done: string[] = [];
  if (model.settings.custom) done.push(...(await applyEntry(model, present, context)));
  if (!hasSameFiles(model, present)) {
    await download(model, context);
    done.push('downloaded');
  }
  const { loaded } = model.settings;
  if (loaded && !present?.settings.loaded) {
    const { loadModel } = await context.server.execute(LoadModelDocument, { input: { name: model.name, ...loaded } }, context.signal);
    await followTask(startedTask(loadModel), { client: context.server, ...context });
    done.push('loaded');
  }
  return done.join(', ') || 'is the same already';
}

async function applyEntry(model: LockedModel, present: LockedModel | undefined, { server, signal }: Context): Promise<string[]> {
  const { name, source, settings } = model;
  const done: string[] = [];
  if (!present) {
    const origin = source.kind === 'HUB' ? { source: { repository: source.repository, revision: source.revision } } : {};
    const { registerModel } = await server.execute(RegisterModelDocument, { input: { name, card: settings.card, ...origin } }, signal);
    if (registerModel && 'message' in registerModel) throw new ServerError(registerModel);
    done.push('registered');
  }
  if (JSON.stringify(settingsOf(present)) === JSON.stringify(settingsOf(model))) return done;
  const { aliases, card, description } = settings;
  const input = { name, aliases, card, ...(description === null ? {} : { description }) };
  const { updateModel } = await server.execute(UpdateModelDocument, { input }, signal);
  if (updateModel && 'message' in updateModel) throw new ServerError(updateModel);
  return present ? ['updated'] : done;
}

function settingsOf(model: LockedModel | undefined): unknown {
  if (!model) return null;
  const { aliases, card, description } = model.settings;
  return [aliases.toSorted(), Object.entries(card).sort(), description];
}

function hasSameFiles({ files }: LockedModel, present: LockedModel | undefined): boolean {
  const digests = (list: LockedModel['files']) => list.map((file) => `${file.sha256} ${file.path}`).sort();
  return digests(files).join('\n') === digests(present?.files ?? []).join('\n');
}

async function download(model: LockedModel, context: Context): Promise<void> {
  const { downloadModel } = await context.server.execute(DownloadModelDocument, { input: downloadInput(model) }, context.signal);
  await followTask(startedTask(downloadModel), { client: context.server, ...context });
}

function downloadInput({ name, source, commit, files }: LockedModel): DownloadModelMutationVariables['input'] {
  if (source.kind === 'HUB' && commit !== null) return { name, source: { repository: source.repository, revision: commit }, files };
  if (source.kind === 'URLS') {
    const addresses = new Map(source.urls.map(({ path, url }) => [path, url]));
    return { name, urls: files.map(({ path, sizeBytes, sha256 }) => ({ path, url: addresses.get(path) ?? '', sizeBytes, sha256 })) };
  }
  const why = source.kind === 'HUB' ? 'the hub it came from names no commits' : 'it came from no address: import or upload it there';
  throw new CommandError(`its files cannot be fetched again, because ${why}.`);
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`${path} cannot be read.`, { cause });
  });
}
