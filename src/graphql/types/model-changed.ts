import type { ModelChange } from '../../lifecycle/watch-models.ts';
import type { Model } from '../../models/model.ts';
import { builder } from '../builder.ts';
import { ModelRef, modelReference } from './model.ts';

builder.subscriptionField('modelChanged', (t) =>
  t.field({
    type: ModelRef,
    nullable: true,
    description: 'A model as it is, then after each change of its entry, its life in memory or its task; without arguments every model.',
    args: {
      name: t.arg.string({ description: 'Name or alias of the model to follow.' }),
      id: t.arg.id({ description: 'Id of the model to follow, global or bare UUID.' }),
    },
    subscribe: (_, args, { services, signal }) => {
      const reference = modelReference(args);
      const isOne = reference.name !== undefined || reference.id !== undefined;
      return services.lifecycle.watchModels({ reference: isOne ? reference : null, signal });
    },
    resolve: (model: Model) => model,
  }),
);

const ModelChangeRef = builder.objectRef<ModelChange>('ModelChange').implement({
  description: 'A model that is there, changed, or was removed.',
  fields: (t) => ({
    uuid: t.exposeID('modelId', { description: "The model's bare UUID." }),
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model as it is now; null after its removal.' }),
  }),
});

builder.subscriptionField('modelChanges', (t) =>
  t.field({
    type: ModelChangeRef,
    nullable: true,
    description: 'Every model, well-known ones too, as it is, then after each change, removals included.',
    args: { snapshot: t.arg.boolean({ description: 'Whether every model is told at first; default true.' }) },
    subscribe: (_, { snapshot }, { services, signal }) => services.lifecycle.watchModelChanges({ snapshot: snapshot ?? true, signal }),
    resolve: (change: ModelChange) => change,
  }),
);
