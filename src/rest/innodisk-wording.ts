/** What the lines say: the API's document and the product's program differ, and so do the paths that they have. */
export interface Wording {
  upload: readonly [start: string, extract: string, end: string];
  create: readonly [start: string, template: string, end: string];
}

const end = { upload: 'Success upload model file.', template: 'Start structure template', create: 'Success create model' };

export const documentWording: Wording = {
  upload: ['Started save model.', 'Start extracted model.', end.upload],
  create: ['Started to create model.', end.template, end.create],
};

/** Of the program's version 0.1.1. The document has these too where it deploys. */
export const programWording: Wording = {
  upload: ['Start save model.', 'Start extract model.', end.upload],
  create: ['Start create model.', end.template, end.create],
};

export const failedUpload = 'Failed to upload model.';
export const failedCreate = 'Unexpected failed to create model.';
export const failedDelete = 'Failed delete model.';
