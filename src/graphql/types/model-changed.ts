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
