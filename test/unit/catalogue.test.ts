import { expect, test } from 'vitest';
import { InvalidInputError, ModelNotFoundError, NameTakenError } from '../../src/errors.ts';
import { requireRequestedName } from '../../src/lifecycle/requested-name.ts';
import { openCatalogue, someFacts, stage } from '../support/stored-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a registered entry is found by name, alias and id, whatever the case', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const model = await catalogue.register({
    name: 'Owner/Model',
    aliases: ['short'],
    source: { type: 'none' },
    card: { usage: 'x' },
    custom: true,
  });
  expect(model).toMatchObject({ folder: null, facts: null, files: [], custom: true, aliases: ['short'] });
  for (const name of ['owner/model', 'OWNER/MODEL', 'Short']) expect(await catalogue.find(name)).toEqual(model);
  expect(await catalogue.require({ id: model.id.toUpperCase() })).toEqual(model);
  expect(await catalogue.getMany(['none', model.id])).toEqual([null, model]);
  expect(() => catalogue.folderOf(model)).toThrow(InvalidInputError);
});

test('a name is taken by names and aliases alike', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const entry = { source: { type: 'none' as const }, custom: true };
  const first = await catalogue.register({ ...entry, name: 'a', aliases: ['b'] });
  const taken = (name: string) => new NameTakenError({ takenName: name }).message;
  await expect(catalogue.register({ ...entry, name: 'A' })).rejects.toThrow(taken('A'));
  await expect(catalogue.register({ ...entry, name: 'B' })).rejects.toThrow(taken('B'));
  await expect(catalogue.register({ ...entry, name: 'c', aliases: ['d', 'A'] })).rejects.toThrow(taken('A'));
  await expect(catalogue.register({ ...entry, name: 'c', aliases: ['d', 'D'] })).rejects.toThrow(taken('D'));
  await expect(requireRequestedName(catalogue, 'b', { type: 'folder' })).rejects.toThrow(taken('b'));
  await requireRequestedName(catalogue, 'A', { type: 'folder' });
  await expect(catalogue.install(await stage(folder.path, 'b', { 'a.txt': 'a' }))).rejects.toThrow(taken('b'));
  expect(await catalogue.find('d')).toBeNull();
  const both = await Promise.allSettled([catalogue.register({ ...entry, name: 'same' }), catalogue.register({ ...entry, name: 'SAME' })]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await catalogue.remove(first.id);
  expect((await catalogue.register({ ...entry, name: 'B' })).name).toBe('B');
});

test('an unknown name is answered with the names spelt alike; a reference is one of name and id', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  await set.catalogue.register({ name: 'intfloat/e5-small-v2', source: { type: 'none' }, custom: false });
  const missing = await set.catalogue.require({ name: 'e5-small-v2' }).catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(ModelNotFoundError);
  expect(missing).toMatchObject({ suggestions: ['intfloat/e5-small-v2'] });
  await expect(set.catalogue.require({ id: 'none' })).rejects.toThrow(ModelNotFoundError);
  await expect(set.catalogue.require({})).rejects.toThrow(InvalidInputError);
  await expect(set.catalogue.require({ name: 'a', id: 'b' })).rejects.toThrow(InvalidInputError);
});

test('an update renames, and puts aliases, card and description in place of the old', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const changed: string[] = [];
  catalogue.onChange(() => {
    throw new Error('careless');
  });
  catalogue.onChange((id) => changed.push(id));
  const { id } = await catalogue.register({ name: 'old', aliases: ['x'], source: { type: 'none' }, card: { usage: 'x' }, custom: true });
  expect(await catalogue.update(id, { newName: 'new', aliases: ['old'], card: { provider: 'p' }, description: 'd' })).toMatchObject({
    name: 'new',
    aliases: ['old'],
    card: { provider: 'p' },
    description: 'd',
  });
  expect((await catalogue.find('old'))?.id).toBe(id);
  expect(await catalogue.find('x')).toBeNull();
  expect(await catalogue.update(id, { newName: 'old' })).toMatchObject({ name: 'old', aliases: [], description: 'd' });
  await expect(catalogue.update(id, { newName: '../x' })).rejects.toThrow(InvalidInputError);
  await expect(catalogue.update(id, { aliases: Array.from({ length: 33 }, (_, index) => `a${index}`) })).rejects.toThrow(InvalidInputError);
  await expect(catalogue.update('none', {})).rejects.toThrow(ModelNotFoundError);
  expect(changed).toEqual([id, id, id]);
});

test('lists are narrowed by every condition, and paged', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const bare = await catalogue.register({ name: 'bare/entry', library: 'TIMM', source: { type: 'none' }, custom: true });
  const { model } = await catalogue.install(await stage(folder.path, 'Full/Model', { 'a.txt': 'a' }));
  const names = async (conditions: Parameters<typeof catalogue.list>[0]) =>
    (await catalogue.list(conditions, { limit: 9 })).items.map(({ item }) => item.name);
  expect(await names({})).toEqual(['bare/entry', 'Full/Model']);
  expect(await names({ installed: true })).toEqual(['Full/Model']);
  expect(await names({ installed: false })).toEqual(['bare/entry']);
  expect(await names({ library: 'TIMM' })).toEqual(['bare/entry']);
  expect(await names({ capability: 'EMBED_TEXT' })).toEqual(['Full/Model']);
  expect(await names({ capability: 'RERANK' })).toEqual([]);
  expect(await names({ nameContains: 'ULL/mo' })).toEqual(['Full/Model']);
  expect(await names({ nameContains: '%' })).toEqual([]);
  expect(await names({ ids: [bare.id], installed: true })).toEqual([]);
  expect(await names({ ids: [] })).toEqual([]);
  expect(await names({ exceptIds: [model.id] })).toEqual(['bare/entry']);
  expect(await catalogue.list({}, { limit: 1, fromEnd: true })).toMatchObject({
    totalCount: 2,
    hasPrevious: true,
    hasNext: false,
    items: [{ item: { name: 'Full/Model', facts: someFacts } }],
  });
});
