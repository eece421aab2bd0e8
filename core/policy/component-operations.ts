import type { ApiPart } from '../operation.ts';
import { componentQuery, viewedComponents } from './component-view.ts';

/** The catalogue. */
export const componentApi: ApiPart = {
  tag: 'Components',
  says: 'What the company has once and uses often: tools, workflow steps, systems, rules.',
  schemas: { Components: viewedComponents },
  operations: [
    {
      method: 'GET',
      path: '/v1/components',
      id: 'components',
      says: 'What there is to reuse as far as the caller may see it: whose it is, and who leans on it.',
      caller: 'signer',
      query: componentQuery,
      answers: { 200: { says: 'the components', body: 'Components' } },
      refuses: { 400: 'the query does not fit', 404: 'there is none of this id that the caller may see' },
    },
  ],
};
