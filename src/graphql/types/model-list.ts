import { builder } from '../builder.ts';
import { CapabilityEnum, ModelLibraryEnum } from './enums.ts';
import { ModelRef } from './model.ts';
import { toConnection, toPage } from './page.ts';
import { withoutNulls } from './without-nulls.ts';

const ModelFilter = builder.inputType('ModelFilter', {
  description: 'Which models a list holds; every condition given must be met.',
  fields: (t) => ({
    installed: t.boolean({ description: 'Whether its files are here.' }),
    loaded: t.boolean({ description: 'Whether it is in memory.' }),
    library: t.field({ type: ModelLibraryEnum, description: 'The upstream library.' }),
    capability: t.field({ type: CapabilityEnum, description: 'What it can do.' }),
    nameContains: t.string({ description: 'Part of its name, without regard to case.' }),
  }),
});

const ModelEdge = builder.edgeObject({ type: ModelRef, name: 'ModelEdge', description: 'One of the models of a page.' });

const ModelConnection = builder.connectionObject(
  {
    type: ModelRef,
    name: 'ModelConnection',
    description: 'A page of models.',
  },
  ModelEdge,
);

builder.queryField('models', (t) =>
  t.connection(
    {
      type: ModelRef,
      nullable: true,
      description: 'The models that this server keeps, oldest first.',
      args: { filter: t.arg({ type: ModelFilter, description: 'Which models; all by default.' }) },
      resolve: async (_, { filter, ...page }, { services: { catalogue, scheduler } }) => {
        const { loaded, ...conditions } = withoutNulls(filter ?? {});
        const loadedIds = scheduler.loadedIds();
        const list = await catalogue.list(
          { ...conditions, ...(loaded === undefined ? {} : loaded ? { ids: loadedIds } : { exceptIds: loadedIds }) },
          toPage(page),
        );
        return toConnection(list);
      },
    },
    ModelConnection,
    ModelEdge,
  ),
);

builder.queryField('wellKnownModels', (t) =>
  t.field({
    type: [ModelRef],
    nullable: true,
    description:
      'Well-known, openly licensed models that this server does not keep yet: what it ships to choose from. `downloadModel` fetches one by its id.',
    resolve: (_, _args, { services: { catalogue } }) => catalogue.wellKnown(),
  }),
);
