import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { TaskKindEnum, TaskStateEnum } from './enums.ts';
import { ModelRef } from './model.ts';
import { type PageArguments, toConnection, toPage } from './page.ts';
import { TaskRef } from './task.ts';
import { withoutNulls } from './without-nulls.ts';

const TaskFilter = builder.inputType('TaskFilter', {
  description: 'Which tasks a list holds; every condition given must be met.',
  fields: (t) => ({
    kind: t.field({ type: TaskKindEnum, description: 'What it does.' }),
    state: t.field({ type: TaskStateEnum, description: 'Where it stands.' }),
    active: t.boolean({ description: 'Whether it is still to end.' }),
    model: t.string({ description: 'Name or alias of the model that it works on.' }),
  }),
});

const TaskEdge = builder.edgeObject({ type: TaskRef, name: 'TaskEdge', description: 'One of the tasks of a page.' });

const TaskConnection = builder.connectionObject(
  {
    type: TaskRef,
    name: 'TaskConnection',
    description: 'A page of tasks.',
  },
  TaskEdge,
);

type FilterArguments = PageArguments & { filter?: typeof TaskFilter.$inferInput | null | undefined };

builder.queryField('tasks', (t) =>
  t.connection(
    {
      type: TaskRef,
      nullable: true,
      description: 'Tasks, oldest first; `last` gives the newest. Finished ones are kept for 30 days.',
      args: { filter: t.arg({ type: TaskFilter, description: 'Which tasks; all by default.' }) },
      resolve: (_, args, context) => listTasks(context, args),
    },
    TaskConnection,
    TaskEdge,
  ),
);

builder.objectFields(ModelRef, (t) => ({
  activeTask: t.field({
    type: TaskRef,
    nullable: true,
    description: 'The task at work on it; null when none is.',
    resolve: (model, _, { loaders }) => loaders.activeTask.load(model.id),
  }),
  tasks: t.connection(
    {
      type: TaskRef,
      nullable: true,
      description: 'Tasks that worked on it, oldest first.',
      args: { filter: t.arg({ type: TaskFilter, description: 'Which of them; all by default.' }) },
      resolve: (model, args, context) => listTasks(context, args, model.id),
    },
    TaskConnection,
    TaskEdge,
  ),
}));

async function listTasks({ services: { catalogue, tasks } }: Context, { filter, ...page }: FilterArguments, ofModelId?: string) {
  const { model, ...conditions } = withoutNulls(filter ?? {});
  const modelId = ofModelId ?? (model === undefined ? undefined : (await catalogue.require({ name: model })).id);
  return toConnection(await tasks.list({ ...conditions, ...(modelId === undefined ? {} : { modelId }) }, toPage(page)));
}
