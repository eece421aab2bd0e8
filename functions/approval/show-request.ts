import { shownOf } from '../../core/action/action.ts';
import type { Context } from 'hono';
import type { ApiContext } from '../http/lambda.ts';
import type { Opened, PageDeps } from './open-link.ts';
import { nonceOf, type Purpose } from './page-nonce.ts';
import { pageHeaders } from './page-style.ts';
import { isOpen, requestPage } from './render-page.ts';
import { shownInput } from './shown-input.ts';
import { sitsOnCouncil } from './stop-agent.ts';
import { loadTouched } from './touched.ts';

type Way = { readonly view: 'short' | 'full'; readonly problem?: string };

/** Shows the request; forms, and with them nonces, come only with a view that leaves nothing out. */
export async function showRequest(
  deps: PageDeps,
  c: Context<ApiContext>,
  { link, facts, secret, by }: Opened,
  { view, problem }: Way,
): Promise<Response> {
  const now = deps.now();
  const person = facts.electorate.people.find(({ id }) => id === link.person) ?? nameless(link.person);
  const input = shownInput(shownOf(facts.action), view);
  const open: Purpose[] = isOpen({ ...facts, person, now }) ? ['decide', 'ask', 'delegate'] : [];
  const council: Purpose[] = (await sitsOnCouncil(deps.registry, link.person)) ? ['stop'] : [];
  const purposes = input.whole ? [...open, ...council] : [];
  const nonces = Object.fromEntries(
    purposes.map((purpose) => [purpose, nonceOf(secret, purpose, facts.approval)]),
  );
  const touched = await loadTouched(deps, facts.action);
  const signedIn = by?.assurance === 'signed-in';
  const page = requestPage({ ...facts, now, person, touched, input, nonces, signedIn, problem });
  return c.html(page, problem === undefined ? 200 : 422, pageHeaders);
}

const nameless = (id: string) => ({ id, name: id });
