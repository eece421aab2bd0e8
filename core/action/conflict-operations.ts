import type { ApiPart } from '../operation.ts';
import { askBody, askedConflict } from './conflict-view.ts';

/** Conflicts between rules. */
export const conflictApi: ApiPart = {
  tag: 'Conflicts',
  says: 'Rules that contradict each other are told with every plan; the council may be asked which counts.',
  schemas: { ConflictQuestion: askBody, AskedConflict: askedConflict },
  operations: [
    {
      method: 'POST',
      path: '/v1/conflicts',
      id: 'askAboutConflict',
      says: 'Asks the council about a conflict these files have; while it waits, the same question answers.',
      caller: 'signer',
      body: 'ConflictQuestion',
      answers: { 202: { says: 'the council is asked', body: 'AskedConflict' } },
      refuses: {
        403: 'you take no part in this conflict',
        404: 'the files have no such conflict',
        409: 'there is no council, or it has ruled',
        422: 'the files do not fit: `findings` names each place',
      },
    },
  ],
};
