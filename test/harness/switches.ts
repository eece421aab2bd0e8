import { createSwitchesApi } from '../../functions/switch/switches-api.ts';
import type { World } from './door.ts';
import { type Answered, answered, signedBy } from './http.ts';

export const ann = 'arn:aws:iam::111122223333:user/ann';
export const bob = 'arn:aws:iam::111122223333:user/bob';

/** The kill switch as administrators reach it; Ann acts unless another is named. */
export function switchDesk({ deps: { registry, now } }: Pick<World, 'deps'>) {
  const api = createSwitchesApi({ registry, now });
  const post = async (path: string, body: object, as: string): Promise<Answered> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return answered(await api.request(`/v1/switches${path}`, init, signedBy(as)));
  };
  return {
    stop: (scope: string, { as = ann, ...more }: { readonly as?: string; readonly drill?: boolean } = {}) =>
      post('', { scope, reason: 'it went wild', ...more }, as),
    restore: (scope: string, as = ann, more: object = {}) =>
      post('/restore', { scope, reason: 'it was mended', ...more }, as),
    list: async (caller: object = signedBy(ann)) => answered(await api.request('/v1/switches', {}, caller)),
  };
}
